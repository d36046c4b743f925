"""Check-in's endpoints."""
