"""Celery's side of messaging: each task only looks, and may run any number of times."""

from celery import shared_task

from messaging.services import forgetting


@shared_task
def forget_unrouted_webhooks() -> None:
    """Forget what was told of numbers that nobody registered. Beat asks for it once a day."""
    forgetting.forget_unrouted()
