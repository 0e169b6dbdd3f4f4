"""What happened, append-only: captured, answered, received, responded, told; and the stories people tell of it."""
