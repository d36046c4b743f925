"""Agents' tables."""

from agents.models.agents import AgentStatus, AIAgent, Personality
from agents.models.callbacks import OPEN, SLOT, WAITING, Callback, CallbackStatus
from agents.models.calls import Call, CallDirection, CallOutcome, CallStatus
from agents.models.customers import CallPreference, Customer, InterestLevel

__all__ = [
    "OPEN",
    "SLOT",
    "WAITING",
    "AIAgent",
    "AgentStatus",
    "Call",
    "CallDirection",
    "CallOutcome",
    "CallPreference",
    "CallStatus",
    "Callback",
    "CallbackStatus",
    "Customer",
    "InterestLevel",
    "Personality",
]
