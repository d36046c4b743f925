"""Declaring an index."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

ORGANIZATION: Final = "organization_id"
# What the server adds to an index on its own account.
SERVERS_OWN: Final = frozenset({"v", "ns", "background", "textIndexVersion", "language_override"})


@dataclass(frozen=True, slots=True, init=False)
class Index:
    """An index over `organization_id` and the given fields: `name` ascends, `-name` descends, `name:text` is words.

    `where` is MongoDB's `partialFilterExpression`. Words are indexed as they are, without a language's stemming.
    """

    fields: tuple[str, ...]
    unique: bool
    where: Mapping[str, Any] | None

    def __init__(self, *fields: str, unique: bool = False, where: Mapping[str, Any] | None = None) -> None:
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "unique", unique)
        object.__setattr__(self, "where", where)

    @property
    def keys(self) -> dict[str, int | str]:
        """Field by field, as `createIndexes` takes them."""
        keys: dict[str, int | str] = {ORGANIZATION: 1}
        for field in self.fields:
            name, _, kind = field.removeprefix("-").partition(":")
            keys[name] = kind or (-1 if field.startswith("-") else 1)
        return keys

    @property
    def name(self) -> str:
        """MongoDB's own way to name an index."""
        return "_".join(f"{name}_{kind}" for name, kind in self.keys.items())

    @property
    def options(self) -> dict[str, Any]:
        """The options of `create_index`."""
        options: dict[str, Any] = {"name": self.name}
        if self.unique:
            options["unique"] = True
        if self.where:
            options["partialFilterExpression"] = dict(self.where)
        if self._words:
            options["default_language"] = "none"
        return options

    @property
    def _words(self) -> list[str]:
        return [name for name, kind in self.keys.items() if kind == "text"]

    def is_listed_as(self, listed: Mapping[str, Any]) -> bool:
        """Whether `listed`, an entry of `listIndexes`, is this index, option by option."""
        expected = {"key": list(self._listed_keys().items()), **self.options}
        if self._words:
            expected["weights"] = dict.fromkeys(self._words, 1)
        actual = {name: value for name, value in listed.items() if name not in SERVERS_OWN}
        return {**actual, "key": list(actual["key"].items())} == expected

    def _listed_keys(self) -> dict[str, int | str]:
        """The server lists all text fields of an index as one pair."""
        keys: dict[str, int | str] = {}
        for name, kind in self.keys.items():
            keys |= {"_fts": "text", "_ftsx": 1} if kind == "text" else {name: kind}
        return keys
