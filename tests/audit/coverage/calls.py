"""One call, and the entries that it leaves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from messaging.models import Conversation
from tests.audit.coverage.world import World

Summary = tuple[str, str, list[str]]
Body = Any | Callable[[World], Any]


@dataclass(frozen=True, slots=True)
class Left:
    """Entries of one kind.

    `about` is the name of an id of the world's; or a model, for an entry about each of its rows that the call makes;
    or None, if the id is of this one call and of nothing that is kept.
    """

    said: str
    about: str | type[models.Model] | None
    changes: frozenset[str]


def left(said: str, about: str | type[models.Model] | None, changes: str = "") -> Left:
    """An entry of this action and kind of object; the changed fields are separated by spaces."""
    return Left(said, about, frozenset(changes.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who calls (a fixture's name), what he sends, what was there before, and what is recorded.

    `refused` is a body that cannot be; without one, another organization's ids are tried.
    """

    by: str
    leaves: list[Left]
    body: Body = None
    given: Callable[[World], object] = lambda _: None
    refused: Body = None
    send: Callable[[World, str, Any], Any] | None = None

    def made(self, world: World, endpoint: str, *, body: Any, path: str = "") -> Any:
        """Make it, with this body; to another path if told. The answer."""
        verb, template = endpoint.split()
        path = path or world.path(template)
        if self.send:
            return self.send(world, path, body)
        sender = world.fixture(self.by)
        return sender.get(path) if verb == "GET" else getattr(sender, verb.lower())(path, body, format="json")


def said(body: Body, world: World) -> Any:
    """The body, made of the world if it must be."""
    return body(world) if callable(body) else body


def keys_of(model: type[models.Model]) -> set[str]:
    """What the log calls the rows that are there."""
    key = "conversation_id" if model is Conversation else "pk"
    rows = getattr(model, "unscoped", model._default_manager)
    return {str(one) for one in rows.values_list(key, flat=True)}


def summary(entry: dict[str, Any]) -> Summary:
    """What an entry is compared by."""
    return f"{entry['action']} {entry['resource_type']}", entry["resource_id"], sorted(entry["changes"])


class Expected:
    """What a call leaves; made before the call, so that new rows are known."""

    def __init__(self, entries: list[Left], world: World) -> None:
        self._entries, self._world = entries, world
        self._before = {entry.about: keys_of(entry.about) for entry in entries if isinstance(entry.about, type)}

    def summaries(self, found: Iterable[Summary]) -> list[Summary]:
        """As `summary` has them, sorted; to be asked after the call, with what was found."""
        own = {said: one for said, one, _ in found}
        return sorted(
            (entry.said, one, sorted(entry.changes)) for entry in self._entries for one in self._ids(entry, own)
        )

    def _ids(self, entry: Left, own: Mapping[str, str]) -> set[str]:
        if entry.about is None:
            return {own.get(entry.said, "")}
        if isinstance(entry.about, type):
            new = keys_of(entry.about) - self._before[entry.about]
            assert new, f"no new {entry.about.__name__}"
            return new
        return {str(self._world.ids[entry.about])}
