"""What happened, append-only: captured, published, answered, received, intended, responded, told."""
