"""Item -> recipient: topics that are followed, needs, who gets what and why, what a broker sends on, and recall."""
