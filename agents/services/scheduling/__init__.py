"""When an AI agent can be booked: its working hours, and which of its slots are taken."""

from agents.services.scheduling.diary import Diary
from agents.services.scheduling.hours import Hours

__all__ = ["Diary", "Hours"]
