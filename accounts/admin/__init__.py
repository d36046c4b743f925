"""Accounts in the Django admin. Staff see their own organization."""

from accounts.admin import api_keys, login_sessions, organizations, users

__all__ = ["api_keys", "login_sessions", "organizations", "users"]
