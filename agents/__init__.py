"""AI sales agents, their customers, callbacks and calls: who is called when, and what came of it."""
