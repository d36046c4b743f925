"""Claiming a topic's events and seeing them through."""

import time
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from core.outbox import store
from core.outbox.consuming import consumer_of, topics
from core.outbox.delivery import Delivery
from core.outbox.event import Event
from core.outbox.waking import Wake

# Shorter than a Celery task may run: what is left then goes to the next task.
RELAY_SECONDS: Final = 20


def relay(topic: str) -> int:
    """Hand the topic's due events to its consumer until none is left, the destination is down, or 20 s have passed.

    Returns how many were delivered. Raises UnknownTopic, and RuntimeError inside a transaction.
    """
    consumer = consumer_of(topic)
    deadline = time.monotonic() + RELAY_SECONDS
    delivered = 0
    with consumer.around():
        while time.monotonic() < deadline:
            token = uuid4()
            events = _claim(topic, token=token, limit=consumer.claim_size)
            if not events:
                return delivered
            delivery = Delivery(consumer, token, events)
            delivery.run(deadline=deadline)
            delivered += delivery.delivered
            if delivery.destination_is_down:
                return delivered
    Wake(topic)()
    return delivered


def _claim(topic: str, *, token: UUID, limit: int) -> list[Event]:
    # Durable: a relay inside somebody's transaction would hold the rows, and send what may be rolled back.
    with transaction.atomic(durable=True):
        return store.claim(topic, token=token, limit=limit)


def relay_all() -> int:
    """Relay every topic, and what its consumers publish, until nothing is due. Returns how many were delivered."""
    total = 0
    while passed := sum(relay(topic) for topic in tuple(topics())):
        total += passed
    return total


def wake_due_topics() -> int:
    """Wake the relay of each topic that has something due: what a lost message, a pause or a dead relay left behind."""
    due = store.due_topics(topics())
    for topic in due:
        Wake(topic)()
    return len(due)
