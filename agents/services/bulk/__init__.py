"""One action on many objects, chosen by their ids or by filters. What cannot be done to one keeps no other from it.

A dry run plans the same under the same locks, and writes nothing.
"""

from agents.services.bulk.agents import activate_agents, delete_inactive_agents, pause_agents, reset_training
from agents.services.bulk.callbacks import (
    cancel_callbacks,
    complete_callbacks,
    delete_completed_callbacks,
    reschedule_callbacks,
)
from agents.services.bulk.choosing import MOST, Choice
from agents.services.bulk.results import BulkResult, Result

__all__ = [
    "MOST",
    "BulkResult",
    "Choice",
    "Result",
    "activate_agents",
    "cancel_callbacks",
    "complete_callbacks",
    "delete_completed_callbacks",
    "delete_inactive_agents",
    "pause_agents",
    "reschedule_callbacks",
    "reset_training",
]
