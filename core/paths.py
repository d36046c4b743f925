"""Ids that stand in paths."""

from typing import Final
from uuid import UUID

from drf_yasg import openapi

from core.errors import Invalid

NOT_A_UUID: Final = "Must be a valid UUID."


def id_in_path(value: str, *, name: str) -> UUID:
    """An id written into a URL. Raises Invalid, naming it."""
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid(fields={name: [NOT_A_UUID]}) from error


def id_parameter(name: str) -> openapi.Parameter:
    """An id in a path, for Swagger."""
    return openapi.Parameter(name, openapi.IN_PATH, type=openapi.TYPE_STRING, format=openapi.FORMAT_UUID)
