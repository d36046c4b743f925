"""The log in the Django admin."""

from profiles.admin.records import LoggedOutProfileAdmin

__all__ = ["LoggedOutProfileAdmin"]
