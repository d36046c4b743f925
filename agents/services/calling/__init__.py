"""Calls: taking one down, and ending one that is in progress; what comes of it follows in the same transaction."""

from agents.services.calling.ending import CallChanges, update_call
from agents.services.calling.recording import CallFields, record_call

__all__ = ["CallChanges", "CallFields", "record_call", "update_call"]
