"""AI agents in the Django admin. Staff see their own organization, all of it."""

from agents.admin import agents, callbacks, calls, customers

__all__ = ["agents", "callbacks", "calls", "customers"]
