"""Telling a worker that there is something to relay. A message only says "look": none is missed if it gets lost."""

from dataclasses import dataclass

from django.conf import settings

from core.asking import Request


@dataclass(frozen=True, slots=True)
class Wake:
    """Asks for a relay of one topic when called. Where that fails the sweep finds the events anyway."""

    topic: str

    def __call__(self) -> None:
        _request(self.topic).send()


def answer(topic: str) -> None:
    """A relay of the topic is about to look: what is published from now on needs a message of its own."""
    _request(topic).answer()


def _request(topic: str) -> Request:
    # The mark does not outlive a sweep, so that a message that got lost is sent again.
    return Request("core.outbox.tasks.relay_topic", (topic,), seconds=settings.SWEEP_SECONDS)
