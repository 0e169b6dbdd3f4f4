"""Everything that comes in once and goes out once: inbox, outbox, the gate, and the workers between them."""
