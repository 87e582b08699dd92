"""Credentials and personal data: found right after reading, and kept out of all that is written."""
