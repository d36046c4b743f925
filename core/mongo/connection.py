"""One lazy client per process."""

import os
from typing import Any, Final

import pymongo
from django.conf import settings
from pymongo import MongoClient
from pymongo.database import Database

SERVER_SELECTION_SECONDS: Final = 2
Client = MongoClient[dict[str, Any]]

# Keyed by process: a child of a fork never touches its parent's client, whose threads and sockets stayed behind.
_clients: Final[dict[tuple[int, str], Client]] = {}


def client() -> Client:
    """This process's client of MONGODB_URI. Connects at its first operation; safe to share between threads."""
    key = (os.getpid(), settings.MONGODB_URI)
    found = _clients.get(key)
    # Of two threads that come here at once, one's client is kept; the other's was never connected.
    return found if found is not None else _clients.setdefault(key, _new_client(settings.MONGODB_URI))


def database() -> Database[dict[str, Any]]:
    """The platform's database. While no server can be written to it waits for one, at most 2 s.

    Each operation then has 5 s in all. Raises ServerSelectionTimeoutError.
    """
    found = client()
    if not found.topology_description.has_writable_server():
        # With `timeoutMS`, pymongo lets an operation look for a server until that is over: too long for a caller.
        with pymongo.timeout(SERVER_SELECTION_SECONDS):
            found.admin.command("ping")
    return found[settings.MONGODB_DATABASE]


def _new_client(uri: str) -> Client:
    return MongoClient(
        uri,
        connect=False,
        appname="switchboard",
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority",
        journal=True,
        # What is read may be acted upon ("it is stored already"): it must not be lost when the primary is.
        readConcernLevel="majority",
        timeoutMS=5000,
        connectTimeoutMS=2000,
        maxPoolSize=20,
    )
