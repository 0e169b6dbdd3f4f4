"""The person's desk and the admin's: `/kb`, the Home tab, pause, and how kbot behaves in a channel."""
