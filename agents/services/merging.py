"""Merging a part of a JSON object into the whole of it."""

from collections.abc import Mapping

from core.jsontypes import JSON


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
