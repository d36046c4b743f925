"""Commands of check-in."""
