"""What a page for people makes of a MongoDB that does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import PyMongoError

from core import mongo
from core.errors import Unavailable


@contextmanager
def unavailable_while_down() -> Iterator[None]:
    """Raises Unavailable while MongoDB cannot be read, or not in time. Other errors of it pass."""
    try:
        yield
    except PyMongoError as error:
        if mongo.is_down(error):
            raise Unavailable("The audit log is not available.") from error
        raise
