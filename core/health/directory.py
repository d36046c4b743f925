"""The paths that this installation answers, by name."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


@cache
def endpoints() -> dict[str, str]:
    """`{name: path}` of every named route outside the Django admin, with parameters as `{name}`."""
    return dict(_named("/", get_resolver().url_patterns))


def _named(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield pattern.name, PARAMETER.sub(r"{\1}", path)
        elif pattern.namespace is None:
            yield from _named(path, pattern.url_patterns)
