"""Git: notebook diffs that a person can read, merges that keep every cell."""
