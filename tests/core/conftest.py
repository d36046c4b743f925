"""Fixtures of the tests of core."""

from datetime import datetime
from typing import NotRequired, TypedDict
from uuid import UUID

import pytest

from core import outbox
from core.mongo import Collection, Index
from core.mongo.collection import forget
from core.testing.mongo import start_empty
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


class Note(TypedDict):
    """What the tests store."""

    _id: UUID
    organization_id: UUID
    text: str
    tags: NotRequired[list[str]]
    seen_at: NotRequired[datetime | None]


@pytest.fixture
def notes():
    """A collection of its own, empty, with an index of words."""
    notes = Collection(
        "test_notes", schema=Note, indexes=[Index("text:text"), Index("-seen_at"), Index("text", unique=True)]
    )
    start_empty(notes)
    yield notes
    notes.unscoped().drop()
    forget("test_notes")
