"""Bodies and parameters of the log."""
