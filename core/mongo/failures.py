"""What can go wrong with a document."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.errors import BulkWriteError, ConnectionFailure, PyMongoError, WriteConcernError

from core.outbox.event import Retry


class OrganizationOverride(ValueError):
    """A query or document names an organization itself. It is a bug: the scope decides."""


class StageRefused(ValueError):
    """An aggregation stage that could read or write beyond the organization."""


class DocumentDiffers(Exception):
    """A document with this `_id` is stored, and it is not this one."""

    def __init__(self, document_id: Any) -> None:  # noqa: ANN401 -- whatever the collection uses as ids
        self.document_id = document_id
        super().__init__(f"A different document is stored with _id {document_id}.")


@contextmanager
def retry_while_down() -> Iterator[None]:
    """In an outbox consumer: a MongoDB that cannot be reached, or not in time, means Retry. Other errors pass."""
    try:
        yield
    except PyMongoError as error:
        if is_down(error):
            raise Retry(f"MongoDB is not available: {type(error).__name__}: {error}") from error
        raise


def is_down(error: PyMongoError) -> bool:
    """Whether the server is to blame, and not what was asked of it."""
    if isinstance(error, ConnectionFailure) or error.timeout:
        return True
    # The write reached the primary, but not (yet) a majority.
    if isinstance(error, WriteConcernError):
        return True
    return isinstance(error, BulkWriteError) and bool(error.details["writeConcernErrors"])
