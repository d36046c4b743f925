"""Celery's side of AI agents: each task only looks, and may run any number of times."""

from celery import shared_task

from agents.services import due


@shared_task
def look() -> None:
    """Start callbacks, remind of them, and call them overdue. Beat asks for it every SWEEP_SECONDS."""
    due.look()
