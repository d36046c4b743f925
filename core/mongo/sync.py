"""What MongoDB has against what is declared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.mongo.collection import Collection
from core.mongo.connection import database

STRICT: Final = {"validationLevel": "strict", "validationAction": "error"}


@dataclass(frozen=True, slots=True)
class Change:
    """One step from what is there to what is declared."""

    description: str
    apply: Callable[[], object]


def changes(collection: Collection[Any]) -> Iterator[Change]:
    """The steps for one collection, in the order to take them; none if all is as declared.

    Reads nothing before the first step is asked for. Raises PyMongoError when MongoDB fails.
    """
    validation: dict[str, Any] = {"validator": {"$jsonSchema": collection.schema}, **STRICT}
    listed = next(iter(database().list_collections(filter={"name": collection.name})), None)
    if listed is None:
        yield Change(
            f"{collection.name}: create it", lambda: database().create_collection(collection.name, **validation)
        )
    elif {name: listed["options"].get(name) for name in validation} != validation:
        yield Change(
            f"{collection.name}: change its schema",
            lambda: database().command("collMod", collection.name, **validation),
        )
    yield from _index_changes(collection, exists=listed is not None)


def _index_changes(collection: Collection[Any], *, exists: bool) -> Iterator[Change]:
    raw = collection.unscoped()
    there = {listed["name"]: listed for listed in raw.list_indexes()} if exists else {}
    there.pop("_id_", None)
    right = {
        index.name for index in collection.indexes if index.name in there and index.is_listed_as(there[index.name])
    }
    for name in there.keys() - right:
        yield Change(f"{collection.name}: drop index {name}", lambda name=name: raw.drop_index(name))  # type: ignore[misc]
    for index in collection.indexes:
        if index.name not in right:
            yield Change(
                f"{collection.name}: create index {index.name}",
                lambda index=index: raw.create_index(list(index.keys.items()), **index.options),  # type: ignore[misc]
            )
