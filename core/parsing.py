"""JSON in: strict, shallow, and free of what PostgreSQL cannot store."""

from collections.abc import Mapping
from typing import IO, Any, Final

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from core.errors import PayloadTooLarge

MAX_DEPTH: Final = 32
Json = Any


def _refuse_nul_and_depth(root: Json) -> None:
    """Walk without recursion, so that a depth bomb cannot exhaust the stack."""
    queue: list[tuple[str, Json, int]] = [("", root, 0)]
    while queue:
        name, value, depth = queue.pop()
        if depth > MAX_DEPTH:
            raise ValidationError({name: [f"Nested deeper than {MAX_DEPTH} levels."]})
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError({name or "non_field_errors": ["Null characters are not allowed."]})
        if isinstance(value, dict):
            for key, item in value.items():
                if "\x00" in key:
                    raise ValidationError({name or "non_field_errors": ["Null characters are not allowed in names."]})
                queue.append((f"{name}.{key}" if name else key, item, depth + 1))
        elif isinstance(value, list):
            queue.extend((f"{name}[{index}]", item, depth + 1) for index, item in enumerate(value))


def parse_json(raw: bytes) -> Json:
    """Parse UTF-8 JSON. Raises ParseError with the position, or ValidationError with the field."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ParseError(f"JSON parse error: {error}") from error
    _refuse_nul_and_depth(value)
    return value


class StrictJSONParser(BaseParser):
    """The API's only parser for bodies of JSON."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Json:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise PayloadTooLarge(f"The request body is over {limit:,} bytes.")
        return parse_json(raw)
