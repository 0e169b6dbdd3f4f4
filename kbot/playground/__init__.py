"""A small local Slack to try kbot in: a peer on a socket that plays Slack strictly, with a page and a driver."""
