"""One script per figure that we publish. Each starts servers of its own, prints a table, and asserts nothing."""
