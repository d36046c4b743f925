"""Merging a part of a JSON object into the whole of it."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from agents.errors import ObjectRefused
from agents.models.validators import small_object
from core.jsontypes import JSON


def merged_field(name: str, old: Mapping[str, JSON], patch: Mapping[str, JSON]) -> dict[str, JSON]:
    """As `merged`, of a column of this name. Raises ObjectRefused if the whole is larger than such a column may be."""
    whole = merged(old, patch)
    try:
        small_object(whole)
    except ValidationError as error:
        raise ObjectRefused(name, error.messages) from error
    return whole


def merged(old: Mapping[str, JSON], patch: Mapping[str, JSON]) -> dict[str, JSON]:
    """`old` with what `patch` says of it (RFC 7396): objects merge, null takes a name away, all else replaces.

    Both stay as they are. What is in a list stays as it is written, nulls too. Bodies are parsed to a bounded depth.
    """
    whole = dict(old)
    for name, value in patch.items():
        if value is None:
            whole.pop(name, None)
        elif isinstance(value, Mapping):
            before = whole.get(name)
            whole[name] = merged(before if isinstance(before, Mapping) else {}, value)
        else:
            whole[name] = value
    return whole
