"""Parameters and answers of the audit log's endpoints."""
