"""Reading JSON that somebody else wrote: what is not as it must be is told with its place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the JSON, and where it stands. All raise Invalid, naming the field."""

    value: Mapping[str, Any]
    path: str = ""

    @classmethod
    def of(cls, value: object, path: str = "") -> Self:
        """The value, which must be an object."""
        if not isinstance(value, dict):
            raise _wrong(path or "body", "an object")
        return cls(value, path)

    def has(self, name: str) -> bool:
        """Whether something stands there that is not null."""
        return self.value.get(name) is not None

    def text(self, name: str, *, longest: int | None = None) -> str:
        """A text that is there and not empty."""
        found = self.value.get(name)
        if not isinstance(found, str) or not found:
            raise _wrong(self.place(name), "a text")
        if longest is not None and len(found) > longest:
            raise Invalid(fields={self.place(name): [f"Longer than {longest} characters."]})
        return found

    def text_or_none(self, name: str) -> str:
        """A text, or "" where none stands."""
        found = self.value.get(name)
        if found is not None and not isinstance(found, str):
            raise _wrong(self.place(name), "a text")
        return found or ""

    def number_or_none(self, name: str) -> float | None:
        """A finite number, or None where none stands."""
        found = self.value.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
            raise _wrong(self.place(name), "a number")
        return found

    def object(self, name: str) -> "Node":
        """An object that is there."""
        return Node.of(self.value.get(name), self.place(name))

    def object_or_none(self, name: str) -> "Node":
        """An object, empty where none stands."""
        return self.object(name) if self.has(name) else Node({}, self.place(name))

    def objects(self, name: str) -> list["Node"]:
        """A list of objects that is there."""
        found = self.value.get(name)
        if not isinstance(found, list):
            raise _wrong(self.place(name), "a list")
        return [Node.of(item, f"{self.place(name)}[{index}]") for index, item in enumerate(found)]

    def objects_or_none(self, name: str) -> list["Node"]:
        """A list of objects, empty where none stands."""
        return self.objects(name) if self.has(name) else []

    def moment(self, name: str) -> datetime:
        """Seconds since 1970, which Meta writes as a text."""
        found = self.value.get(name)
        if isinstance(found, str) and found.isascii() and found.isdigit():
            found = int(found[:20])
        if isinstance(found, int) and not isinstance(found, bool):
            try:
                return datetime.fromtimestamp(found, UTC)
            except (OverflowError, ValueError, OSError):
                pass
        raise _wrong(self.place(name), "a time in seconds since 1970")

    def place(self, name: str) -> str:
        """Where a field of it stands."""
        return f"{self.path}.{name}" if self.path else name


def _wrong(place: str, wanted: str) -> Invalid:
    return Invalid(fields={place: [f"Must be {wanted}."]})
