"""What beat asks for: callbacks whose time has come begin, others are called overdue, and people are reminded."""

from agents.services.due.looking import look

__all__ = ["look"]
