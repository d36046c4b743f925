"""Fixtures of the tests of core."""

import pytest

from core import outbox
from core.testing.outbox import consuming


class Inbox:
    """A consumer that keeps what it is handed, and raises `error` while that is set."""

    def __init__(self) -> None:
        self.events: list[outbox.Event] = []
        self.calls = 0
        self.error: Exception | None = None

    @property
    def payloads(self):
        return [event.payload for event in self.events]

    def take(self, event: outbox.Event) -> None:
        self.calls += 1
        if self.error:
            raise self.error
        self.events.append(event)


@pytest.fixture
def inbox():
    """The consumer of the topic `test.one`."""
    inbox = Inbox()
    with consuming("test.one", inbox.take):
        yield inbox
