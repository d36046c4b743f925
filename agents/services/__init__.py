"""What can be done to AI agents, their customers, callbacks and calls."""
