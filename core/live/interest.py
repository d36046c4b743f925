"""Which of the events a watcher hears: what he may, and of it what he asked for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.actor import Actor
from core.errors import Forbidden, Invalid
from core.live.messages import listener

EVERYTHING: Final = "*"
PATTERN: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.(\*|[a-z][a-z0-9_]*)")
MOST_PATTERNS: Final = 50


@dataclass(frozen=True, slots=True)
class Interest:
    """`patterns` are names of events, or families as in `job.*`; none of them means all.

    `families` are those that may be heard, or None for all. Of events with an audience he hears those that name him as
    `listener`, and an admin all.
    """

    patterns: Sequence[str] = ()
    families: frozenset[str] | None = None
    listener: str | None = None
    is_admin: bool = False

    def includes(self, name: str, audience: frozenset[str] | None = None) -> bool:
        """Whether the event is for this watcher."""
        if audience is not None and not self.is_admin and self.listener not in audience:
            return False
        if self.families is not None and family_of(name) not in self.families:
            return False
        return not self.patterns or any(_matches(pattern, name) for pattern in self.patterns)


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def family_of(name: str) -> str:
    """What the event is about: `profile` of `profile.logged_out`."""
    return name.partition(".")[0]


def parse_patterns(text: str) -> list[str]:
    """The patterns in `profile.logged_out,job.*`. Raises Invalid, naming the parameter."""
    patterns = [pattern.strip() for pattern in text.split(",")]
    if len(patterns) > MOST_PATTERNS:
        raise Invalid(fields={"events": [f"More than {MOST_PATTERNS} names."]})
    for pattern in patterns:
        if pattern != EVERYTHING and not PATTERN.fullmatch(pattern):
            raise Invalid(fields={"events": [f"Not a name of events, as profile.logged_out and job.* are: {pattern}"]})
    return [] if EVERYTHING in patterns else patterns


def interest_of(actor: Actor, patterns: Iterable[str], scope_of_family: Mapping[str, str]) -> Interest:
    """What a caller hears who asked for `patterns`: a person what he sees, a key the families that its scopes open.

    Raises Forbidden if that leaves out what he asked for, or everything.
    """
    if actor.kind != "key":
        named = listener(actor.role, actor.user_id)
        return Interest(tuple(patterns), listener=named, is_admin=actor.role == "admin")
    families = frozenset(family for family, scope in scope_of_family.items() if scope in actor.scopes)
    closed = sorted({family_of(pattern) for pattern in patterns} - families)
    if closed or not families:
        raise Forbidden(f"This API key does not open live events{' of ' if closed else ''}{', '.join(closed)}.")
    return Interest(tuple(patterns), families)
