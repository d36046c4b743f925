"""Telling whoever watches what just happened, once it is true."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from django.db import connection, transaction
from redis import RedisError

from core.jsontypes import JSON
from core.live.messages import NAME, LiveEvent, channel_of, encode, listener
from core.rendering import to_json
from core.scope import current_organization_id
from core.telling import tell

logger = structlog.get_logger(__name__)

Listener = tuple[str, UUID]

# Redis cuts off a subscriber that has megabytes yet to read: a large batch comes in portions.
EVENTS_PER_MESSAGE: Final = 100
BYTES_PER_MESSAGE: Final = 200_000


@dataclass(eq=False, slots=True)
class Announcement:
    """Publishes what it holds when called, in one round trip. A Redis that is down is logged: nobody waits for it."""

    events: defaultdict[UUID, list[LiveEvent]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self) -> None:
        tell(self)

    def commands(self) -> Sequence[tuple[Any, ...]]:
        """A message to each channel, or several."""
        return [("PUBLISH", channel, message) for channel, message in self._messages()]

    def told(self, answers: Sequence[Any]) -> None:
        """Log what Redis refused."""
        for error in answers:
            if isinstance(error, RedisError):
                self.lost(error)

    def lost(self, error: RedisError) -> None:
        """Log it."""
        logger.warning("announcement_lost", events=sum(map(len, self.events.values())), error=str(error))

    def _messages(self) -> Iterator[tuple[str, bytes]]:
        for organization_id, events in self.events.items():
            for portion in _portions(events):
                yield channel_of(organization_id), encode(portion)


def _portions(events: Sequence[LiveEvent]) -> Iterator[list[LiveEvent]]:
    portion: list[LiveEvent] = []
    size = 0
    for event in events:
        size += len(event.data)
        if portion and (size > BYTES_PER_MESSAGE or len(portion) == EVENTS_PER_MESSAGE):
            yield portion
            portion, size = [], len(event.data)
        portion.append(event)
    yield portion


def announce(event: str, payload: Mapping[str, JSON], *, audience: Iterable[Listener] | None = None) -> None:
    """Tell the watchers of the scope's organization, after the surrounding transaction has committed.

    `event` is `family.what_happened`, as in `profile.logged_out`; `payload` is what the API shows of it. `audience` are
    the users who may hear it besides the admins, where not everybody of the organization may, each with the role in
    which he may. Best effort:
    whoever must not miss it is told through the outbox. However many events a transaction announces, they cost it one
    round trip to Redis. Raises TransactionManagementError outside a transaction, TenantScopeMissing outside a scope,
    and ValueError for a name that is none or a payload that is not JSON.
    """
    announce_many(event, [payload], audience=audience)


def announce_many(
    event: str, payloads: Sequence[Mapping[str, JSON]], *, audience: Iterable[Listener] | None = None
) -> None:
    """Announce an event of the same name for each of the payloads. Raises what `announce` raises."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"{event} was announced outside a transaction: open one with transaction.atomic()."
        )
    organization_id = current_organization_id()
    if found := _events(event, payloads, audience):
        _after_commit().events[organization_id] += found


def announce_statement(event: str, payload: Mapping[str, JSON]) -> None:
    """As `announce`, of what one statement did, which is a transaction by itself where no other surrounds it.

    Raises TenantScopeMissing and ValueError as that does.
    """
    announcement = Announcement()
    announcement.events[current_organization_id()] += _events(event, [payload], None)
    transaction.on_commit(announcement, robust=True)


def _events(event: str, payloads: Sequence[Mapping[str, JSON]], audience: Iterable[Listener] | None) -> list[LiveEvent]:
    if not NAME.fullmatch(event):
        raise ValueError(f"{event!r} is no name of an event: they look like profile.logged_out.")
    heard_by = None if audience is None else frozenset(listener(*one) for one in audience)
    return [LiveEvent(str(uuid4()), event, _as_json(payload), heard_by) for payload in payloads]


def _as_json(payload: Mapping[str, JSON]) -> bytes:
    try:
        return to_json(payload)
    except TypeError as error:
        raise ValueError(f"The payload of a live event is not JSON: {error}") from error


def _after_commit() -> Announcement:
    """What will be published if the surrounding transaction commits, and the savepoint in which this is called, too."""
    savepoints = set(connection.savepoint_ids)
    for entry_savepoints, callback, *_ in reversed(connection.run_on_commit):
        if isinstance(callback, Announcement) and entry_savepoints == savepoints:
            return callback
    announcement = Announcement()
    transaction.on_commit(announcement, robust=True)
    return announcement
