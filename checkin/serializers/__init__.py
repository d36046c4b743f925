"""What check-in's endpoints take and answer."""
