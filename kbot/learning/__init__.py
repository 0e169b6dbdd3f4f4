"""Learning checks: whoever wants to remember an item is asked about it at growing intervals. Private, and opt-in."""
