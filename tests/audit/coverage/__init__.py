"""What the audit log's coverage test calls: each row of its table for real, and what must be in the log afterwards."""
