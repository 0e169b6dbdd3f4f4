"""kbot."""
