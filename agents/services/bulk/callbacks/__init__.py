"""What can be done to many callbacks."""

from agents.services.bulk.callbacks.closing import cancel_callbacks, complete_callbacks
from agents.services.bulk.callbacks.deleting import delete_completed_callbacks
from agents.services.bulk.callbacks.rescheduling import reschedule_callbacks

__all__ = ["cancel_callbacks", "complete_callbacks", "delete_completed_callbacks", "reschedule_callbacks"]
