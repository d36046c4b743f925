"""Collections in a known state."""

from typing import Any

from core.mongo.collection import Collection
from core.mongo.sync import changes


def start_empty(collection: Collection[Any]) -> None:
    """Make the collection as declared, without a document."""
    for change in changes(collection):
        change.apply()
    collection.unscoped().delete_many({})
