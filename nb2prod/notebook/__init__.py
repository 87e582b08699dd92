"""Reading: bytes become cells, and cells statements with their origin."""
