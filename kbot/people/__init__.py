"""Who we are: people, their hours and wishes, channels and their policies, and who may see what."""
