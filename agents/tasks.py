"""Celery's side of AI agents: each task only looks, and may run any number of times."""

from celery import shared_task

from agents.services import due
from agents.services.presence import sample_presence


@shared_task
def look() -> None:
    """Start callbacks, remind of them, and call them overdue. Beat asks for it every SWEEP_SECONDS."""
    due.look()


@shared_task
def sample_agents_online() -> None:
    """Record how many AI agents are online. Beat asks for it every five minutes."""
    sample_presence()
