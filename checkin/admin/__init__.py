"""Check-in in the Django admin. Staff see their own organization, and no token."""

from checkin.admin import attempts, runs, sessions, standing

__all__ = ["attempts", "runs", "sessions", "standing"]
