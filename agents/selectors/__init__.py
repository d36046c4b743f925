"""What can be asked of AI agents, their customers, callbacks and calls."""
