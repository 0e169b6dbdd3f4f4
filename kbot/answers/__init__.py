"""Question -> answer, honestly: cited, for the right eyes only, or "I have nothing on this"."""
