"""Several writes of which all happen, or none."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from pymongo.client_session import ClientSession

from core.mongo.connection import client, database

T = TypeVar("T")
Session: TypeAlias = ClientSession


def in_transaction(act: Callable[[Session], T]) -> T:
    """Run `act` in a transaction, again from its beginning if another one was in its way; return what it returns.

    What `act` reads is of one moment, and so is what it writes: it passes the session to every operation. It must not
    do anything else that cannot be repeated. Raises PyMongoError.
    """
    database()  # waits for a primary no longer than any other operation does
    with client().start_session() as session:
        return session.with_transaction(act)
