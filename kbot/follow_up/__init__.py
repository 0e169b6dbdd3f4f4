"""Recipient -> application: did you get to use it, how did it go, and who may hear of it."""
