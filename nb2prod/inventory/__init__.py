"""The inventory of data: what a notebook reads and writes, found without running it."""
