"""Commands that bring data in."""
