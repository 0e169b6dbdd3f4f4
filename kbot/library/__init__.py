"""What we know: items, their versions and sources, and who may see them."""
