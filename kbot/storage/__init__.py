"""Where facts are kept: SQLite and PostgreSQL side by side, and the units of work that write to them."""
