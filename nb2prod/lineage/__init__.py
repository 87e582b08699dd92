"""Where results came from: what two runs' records say of each other."""
