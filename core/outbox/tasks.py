"""Celery's side of the outbox: each task only looks, and may run any number of times."""

from celery import shared_task

from core.outbox import relaying, retention, waking


@shared_task
def relay_topic(topic: str) -> None:
    """Deliver what is due of one topic."""
    waking.answer(topic)
    relaying.relay(topic)


@shared_task
def relay_due() -> None:
    """Wake the relays of the topics that have something due. Beat asks for it every SWEEP_SECONDS."""
    relaying.wake_due_topics()


@shared_task
def delete_delivered_events() -> None:
    """Delete delivered events that are older than OUTBOX_RETENTION_DAYS."""
    retention.delete_delivered()
