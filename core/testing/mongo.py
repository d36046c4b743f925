"""Collections in a known state."""

from typing import Any

from core.mongo.collection import Collection
from core.mongo.sync import changes


def start_empty(collection: Collection[Any]) -> None:
    """Make the collection as declared, without a document."""
    for change in changes(collection):
        change.apply()
    collection.unscoped().delete_many({})


def start_anew(collection: Collection[Any]) -> None:
    """Drop the collection and make it as declared: for tests of how MongoDB finds its documents.

    One array that ever was in an indexed field, as a test of forged documents may put there, makes the index
    `multikey` for as long as it lives, and such an index is not used to sort.
    """
    collection.unscoped().drop()
    start_empty(collection)
