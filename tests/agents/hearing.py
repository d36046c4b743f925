"""What watchers will be told once a transaction has committed."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from core.live.announcing import Announcement


class Heard(NamedTuple):
    """An event, and those who may hear it besides the admins, as in `client:<id>`."""

    name: str
    data: Any
    audience: set[str] | None


def heard(callbacks: Iterable[object]) -> list[Heard]:
    """The events among what `django_capture_on_commit_callbacks` has captured."""
    return [
        Heard(event.name, orjson.loads(event.data), None if event.audience is None else set(event.audience))
        for announcement in callbacks
        if isinstance(announcement, Announcement)
        for events in announcement.events.values()
        for event in events
    ]
