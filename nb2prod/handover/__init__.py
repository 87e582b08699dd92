"""What only the author of a notebook knows: questions to ask while they are there, one kind a module."""
