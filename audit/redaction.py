"""Keeping secrets out of the log, by the names of the fields they are in, and making the rest storable.

What PostgreSQL's JSON or MongoDB's BSON cannot hold becomes text, so that the entry is not lost for it.
"""

import json
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
# BSON's integers have 64 bits. PostgreSQL makes an integer of a float that is as large.
BEYOND_INTEGERS: Final = 2**63
# MongoDB nests documents no deeper than 100, and the entry itself takes some.
DEEPEST: Final = 50
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def is_secret(name: str) -> bool:
    """Whether a field of this name, in any spelling, holds a secret."""
    return _known(name) if len(name) <= LONGEST_REMEMBERED else _gives_away(name)


def redact(changes: Mapping[str, tuple[JSON, JSON]]) -> dict[str, list[JSON]]:
    """`{field: [old, new]}` without secrets, however deep they are. That one was set or removed can still be seen."""
    return {storable_name(name): [_redacted(name, value) for value in pair] for name, pair in changes.items()}


def storable_text(text: str) -> str:
    """The text, with `\\u0000` and the like for characters that no database takes."""
    return text if text.isascii() and "\x00" not in text else UNSTORABLE.sub(_escaped, text)


def storable_name(name: str) -> str:
    """The name of a field, which BSON lets not begin with a dollar: it gets a backslash before it."""
    return storable_text(f"\\{name}" if name.startswith("$") else name)


def _redacted(name: str, value: JSON, depth: int = 0) -> JSON:
    if is_secret(name):
        return value if value is None else REDACTED
    if value is None:
        return value
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, Mapping):
        inside: JSON = {storable_name(inner): _redacted(inner, item, depth + 1) for inner, item in value.items()}
        return json.dumps(inside) if depth == DEEPEST else inside
    if isinstance(value, Sequence):
        inside = [_redacted(name, item, depth + 1) for item in value]
        return json.dumps(inside) if depth == DEEPEST else inside
    return _storable_number(value)


def _storable_number(value: float) -> JSON:
    """Larger ones as text; `-BEYOND_INTEGERS` itself would fit, and is not worth a word."""
    return value if abs(value) < BEYOND_INTEGERS else str(value)  # NaN is not below anything, either


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _gives_away(name: str) -> bool:
    return SECRET.search(CAMEL_HUMP.sub("_", name).lower()) is not None


_known = lru_cache(MOST_REMEMBERED)(_gives_away)
