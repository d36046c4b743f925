"""Keeping secrets out of the log, by the names of the fields they are in."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from core.jsontypes import JSON

REDACTED: Final = "[redacted]"
# Words that give a secret away wherever they stand in a name, and `key` as a word of its own.
SECRET: Final = re.compile(
    r"passw|passphrase|token|secret|credential|authorization|cookie|apikey|privatekey|(?<![a-z])keys?(?![a-z])"
)
CAMEL_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Ten thousand entries have the same few names. Callers choose some: what is remembered is short, and not much.
MOST_REMEMBERED: Final = 1000
LONGEST_REMEMBERED: Final = 60


def is_secret(name: str) -> bool:
    """Whether a field of this name, in any spelling, holds a secret."""
    return _known(name) if len(name) <= LONGEST_REMEMBERED else _gives_away(name)


def redact(changes: Mapping[str, tuple[JSON, JSON]]) -> dict[str, list[JSON]]:
    """`{field: [old, new]}` without secrets, however deep they are. That one was set or removed can still be seen."""
    return {name: [_redacted(name, value) for value in pair] for name, pair in changes.items()}


def _redacted(name: str, value: JSON) -> JSON:
    if is_secret(name):
        return value if value is None else REDACTED
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {inner: _redacted(inner, item) for inner, item in value.items()}
    if isinstance(value, Sequence):
        return [_redacted(name, item) for item in value]
    return value


def _gives_away(name: str) -> bool:
    return SECRET.search(CAMEL_HUMP.sub("_", name).lower()) is not None


_known = lru_cache(MOST_REMEMBERED)(_gives_away)
