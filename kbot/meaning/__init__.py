"""What a text means, as a vector: all-MiniLM-L6-v2 on this machine, or a fast stand-in. Nothing is downloaded."""
