"""Numbers in words and lists, and what is measured of them."""
