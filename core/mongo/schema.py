"""From a TypedDict to MongoDB's `$jsonSchema`."""

from collections.abc import Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)
from uuid import UUID

from bson import Decimal128, ObjectId

Schema = dict[str, Any]

BSON_TYPES: Final[Mapping[Any, tuple[str, ...]]] = {
    str: ("string",),
    bool: ("bool",),
    int: ("int", "long"),
    float: ("double", "int", "long"),
    Decimal128: ("decimal",),
    datetime: ("date",),
    UUID: ("binData",),
    ObjectId: ("objectId",),
    bytes: ("binData",),
    NoneType: ("null",),
}


def schema_of(document: type) -> Schema:
    """The schema of a TypedDict: required keys are required, and keys that it does not name are refused.

    Knows str, bool, int, float, Decimal128, datetime, UUID, ObjectId, bytes, None, Any, Literal, unions, `list[…]`,
    `dict[str, …]`, nested TypedDicts, and `Annotated[…, {…}]` for further keywords such as `maxLength`. Raises
    TypeError for others.
    """
    hints = get_type_hints(document, include_extras=True)
    required = sorted(getattr(document, "__required_keys__", ()))
    return {
        "bsonType": "object",
        "required": required,
        "properties": {name: _schema(hint) for name, hint in hints.items()},
        "additionalProperties": False,
    }


def _schema(hint: Any) -> Schema:  # noqa: ANN401 -- any annotation; one answer per kind of it
    if hint is Any:
        return {}
    if is_typeddict(hint):
        return schema_of(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None and hint in BSON_TYPES:
        return {"bsonType": list(BSON_TYPES[hint])}
    if origin in (Required, NotRequired):
        return _schema(arguments[0])
    if origin is Annotated:
        return {**_schema(arguments[0]), **arguments[1]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return _union([_schema(argument) for argument in arguments])
    if origin is list:
        return {"bsonType": ["array"], "items": _schema(arguments[0])}
    if origin is dict:
        return {"bsonType": ["object"], "additionalProperties": _schema(arguments[1])}
    raise TypeError(f"{hint!r} has no counterpart in a document's schema.")


def _union(members: list[Schema]) -> Schema:
    """One list of types where that says it all, else alternatives."""
    if all(member.keys() == {"bsonType"} for member in members):
        return {"bsonType": [kind for member in members for kind in member["bsonType"]]}
    return {"anyOf": members}
