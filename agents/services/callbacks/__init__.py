"""What can be done to one callback: scheduling it, changing it, moving it, and deleting it."""

from agents.services.callbacks.changing import replace_callback, update_callback
from agents.services.callbacks.deleting import delete_callback
from agents.services.callbacks.scheduling import schedule_callback

__all__ = ["delete_callback", "replace_callback", "schedule_callback", "update_callback"]
