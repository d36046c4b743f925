"""What goes through Redis: a channel per organization, and messages with some events each."""

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from core.rendering import to_json

CHANNELS: Final = "live:*"
NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """Something that happened: `name` is `family.what_happened`, `data` is JSON already.

    `audience` are the `listener`s who may hear it besides the admins; None lets everybody.
    """

    id: str
    name: str
    data: bytes
    audience: frozenset[str] | None = None


def listener(role: str, user_id: UUID | None) -> str:
    """A user in a role, as audiences name him: with another role he may see less."""
    return f"{role}:{user_id}"


def channel_of(organization_id: UUID) -> str:
    """The channel of an organization's events."""
    return f"live:{organization_id}"


def organization_of(channel: bytes) -> UUID | None:
    """Whose channel that is. None if it is nobody's: others may use the same Redis."""
    try:
        return UUID(channel.decode().removeprefix("live:"))
    except ValueError:
        return None


def encode(events: list[LiveEvent]) -> bytes:
    """Some events as one message."""
    return to_json([_as_list(event) for event in events])


def decode(message: bytes) -> list[LiveEvent]:
    """The events of a message. Raises ValueError if it is none of ours."""
    found: Any = orjson.loads(message)
    try:
        return [_from_list(*fields) for fields in found]
    except TypeError as error:
        raise ValueError("A message on a live channel is no list of events.") from error


def _from_list(event_id: object, name: object, data: object, audience: list[str] | None = None) -> LiveEvent:
    # Before there were audiences, events had none. With more in it than is known here, who may hear it is not known.
    heard_by = None if audience is None else frozenset(audience)
    return LiveEvent(str(event_id), str(name), to_json(data), heard_by)


def _as_list(event: LiveEvent) -> list[object]:
    audience = None if event.audience is None else sorted(event.audience)
    return [event.id, event.name, orjson.Fragment(event.data), audience]
