"""What can be done to many AI agents."""

from agents.services.bulk.agents.changing import activate_agents, pause_agents, reset_training
from agents.services.bulk.agents.deleting import delete_inactive_agents

__all__ = ["activate_agents", "delete_inactive_agents", "pause_agents", "reset_training"]
