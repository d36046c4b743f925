"""Several writes of which all happen, or none."""

from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

import pymongo
from pymongo.client_session import ClientSession

from core.mongo.connection import client, database

T = TypeVar("T")
Session: TypeAlias = ClientSession
# By itself the driver begins anew for two minutes: longer than a relay may run, and than its events are leased for.
TRANSACTION_SECONDS: Final = 15


def in_transaction(act: Callable[[Session], T]) -> T:
    """Run `act` in a transaction, again from its beginning if another one was in its way; return what it returns.

    What `act` reads is of one moment, and so is what it writes: it passes the session to every operation. It must not
    do anything else that cannot be repeated. Raises PyMongoError, after 15 s at most.
    """
    database()  # waits for a primary no longer than any other operation does
    with pymongo.timeout(TRANSACTION_SECONDS), client().start_session() as session:
        return session.with_transaction(act)
