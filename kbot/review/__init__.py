"""The broker's desk: the weekly digest, what waits for a decision, and honest numbers."""
