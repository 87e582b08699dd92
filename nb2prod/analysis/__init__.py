"""What each statement reads, writes, calls and is about."""
