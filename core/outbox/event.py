"""What travels through the outbox, and what a consumer raises when it cannot take it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One published event. `attempts` counts the hand-overs that began before this one and did not succeed."""

    id: UUID
    topic: str
    organization_id: UUID
    payload: dict[str, Any]
    request_id: str
    created_at: datetime
    attempts: int


class Retry(Exception):
    """Try again later, for ever.

    By default the destination is down: the whole topic pauses, 1 s at first and `longest_wait_seconds` at most. With
    `event_only=True` just this event waits (a mailbox that asks for patience) and the relay goes on with the next.
    """

    def __init__(self, reason: str, *, event_only: bool = False, longest_wait_seconds: int = 60) -> None:
        self.reason = reason
        self.event_only = event_only
        self.longest_wait_seconds = longest_wait_seconds
        super().__init__(reason)


class Reject(Exception):
    """This event can never succeed: park it at once, with the reason, for a person to look at."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
