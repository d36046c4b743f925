"""A TypedDict becomes the schema that MongoDB enforces."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

import pytest

from core.mongo.schema import schema_of


class Inner(TypedDict):
    score: float


class Everything(TypedDict):
    _id: UUID
    name: Annotated[str, {"maxLength": 10}]
    number: int
    kind: Literal["a", "b"]
    at: datetime | None
    either: int | list[str]
    inner: NotRequired[Inner]
    counts: dict[str, int]
    anything: Any


def test_every_kind_of_annotation_has_its_counterpart():
    assert schema_of(Everything) == {
        "bsonType": "object",
        "required": ["_id", "anything", "at", "counts", "either", "kind", "name", "number"],
        "additionalProperties": False,
        "properties": {
            "_id": {"bsonType": ["binData"]},
            "name": {"bsonType": ["string"], "maxLength": 10},
            "number": {"bsonType": ["int", "long"]},
            "kind": {"enum": ["a", "b"]},
            "at": {"bsonType": ["date", "null"]},
            "either": {
                "anyOf": [
                    {"bsonType": ["int", "long"]},
                    {"bsonType": ["array"], "items": {"bsonType": ["string"]}},
                ]
            },
            "inner": {
                "bsonType": "object",
                "required": ["score"],
                "additionalProperties": False,
                "properties": {"score": {"bsonType": ["double", "int", "long"]}},
            },
            "counts": {"bsonType": ["object"], "additionalProperties": {"bsonType": ["int", "long"]}},
            "anything": {},
        },
    }


def test_an_annotation_without_counterpart_is_refused():
    with pytest.raises(TypeError, match="Decimal"):
        schema_of(TypedDict("Priced", {"price": Decimal}))
