"""Declaring a collection."""

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar, cast

from pymongo.collection import Collection as RawCollection

from core.mongo.connection import database
from core.mongo.index import ORGANIZATION, Index
from core.mongo.schema import Schema, schema_of
from core.mongo.tenant import TenantCollection
from core.scope import current_organization_id

Document = TypeVar("Document", bound=Mapping[str, Any])

_declared: Final[dict[str, "Collection[Any]"]] = {}


class Collection(Generic[Document]):
    """A collection of documents of organizations, with its indexes and the TypedDict that its documents keep to.

    The TypedDict names `_id` and `organization_id` too. Declare it once, in an app's `documents.py`.
    """

    def __init__(self, name: str, *, schema: type[Document], indexes: Sequence[Index] = ()) -> None:
        if name in _declared:
            raise ValueError(f"The collection {name} is declared already.")
        self.name = name
        self.indexes = tuple(indexes)
        self.schema: Schema = schema_of(schema)
        if ORGANIZATION not in self.schema["required"]:
            raise TypeError(f"The documents of {name} need a required {ORGANIZATION}.")
        _declared[name] = self

    def here(self) -> TenantCollection[Document]:
        """The scope's part of it. Raises TenantScopeMissing outside a scope."""
        return TenantCollection(self.unscoped(), current_organization_id())

    def unscoped(self) -> RawCollection[Document]:
        """All of it, across organizations, as pymongo's own object."""
        return cast(RawCollection[Document], database()[self.name])


def declared() -> Some[Collection[Any]]:
    """Every collection that was declared so far."""
    return _declared.values()


def forget(name: str) -> None:
    """Undo a declaration; for tests that make one."""
    del _declared[name]
