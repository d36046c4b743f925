"""Everything that anybody could read of the platform, and whether a secret is in it, however it is written."""

import base64
import email.policy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import redis
from django.conf import settings
from django.db import connection

from core.mongo import database
from tests.conftest import broker_client

SHOWN = 60


def spellings(secret: str) -> Iterator[bytes]:
    """How it may be written: as it is, in a URL, as hexadecimal bytes, and within something else's base64."""
    plain = secret.encode()
    yield plain
    yield quote(secret, safe="").encode()
    yield plain.hex().encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain).rstrip(b"=")
        # The first and the last characters depend on what stands around it.
        yield encoded[(0, 2, 3)[before] : -1]


class Haystack:
    """What was read, by the place where it was. Each place must hold something that is known to be there."""

    def __init__(self) -> None:
        self.places: dict[str, bytearray] = {}

    def add(self, place: str, *texts: str | bytes) -> None:
        """Keep what was read there."""
        kept = self.places.setdefault(place, bytearray())
        for text in texts:
            kept += (text if isinstance(text, bytes) else text.encode()) + b"\n"

    def found(self, secrets: Iterable[str]) -> list[str]:
        """Where a secret is, with what stands before it."""
        return [
            f"{place}: {bytes(text[max(0, at - SHOWN) : at])!r} and then a secret"
            for secret in secrets
            for spelling in spellings(secret)
            for place, text in self.places.items()
            if (at := text.find(spelling)) >= 0
        ]

    def missing(self, known: dict[str, str]) -> list[str]:
        """The places where what is known to be there was not read: nobody looked well."""
        return [place for place, text in known.items() if text.encode() not in self.places.get(place, b"")]


def read_database() -> Iterator[str]:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            yield from (f"{table} {text}" for (text,) in cursor.fetchall())


def read_documents() -> Iterator[str]:
    """Every document of MongoDB."""
    for name in database().list_collection_names():
        yield from (f"{name} {document}" for document in database()[name].find())


def read_redis(client: redis.Redis) -> Iterator[bytes]:
    """Every key with its value as Redis itself would write it to disk, in both databases."""
    for key in client.scan_iter():
        yield key if isinstance(key, bytes) else key.encode()
        kind = client.type(key)
        match kind.decode() if isinstance(kind, bytes) else kind:
            case "string":
                yield str(client.get(key)).encode()
            case "hash":
                yield str(client.hgetall(key)).encode()
            case "list":
                yield str(client.lrange(key, 0, -1)).encode()
            case "set":
                yield str(client.smembers(key)).encode()
            case "zset":
                yield str(client.zrange(key, 0, -1)).encode()
            case other:
                raise AssertionError(f"Nobody can read a {other} yet.")


@contextmanager
def listening(haystack: Haystack) -> Iterator[None]:
    """Keep every command that any process sends to Redis: what is there for a moment only is there, too."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
    over, ready = Event(), Event()

    def listen() -> None:
        with client.monitor() as monitor:
            ready.set()
            while not over.is_set():
                haystack.add("redis commands", str(monitor.next_command()["command"]))

    listener = Thread(target=listen, daemon=True)
    listener.start()
    ready.wait(10)
    yield
    over.set()
    client.ping()  # one more command, for the listener to see that it is over
    listener.join(10)
    client.close()


def read_mails(paths: Iterable[Path]) -> Iterator[bytes]:
    """Mails as they were sent, and as whoever gets them reads them."""
    for path in paths:
        sent = path.read_bytes()
        yield sent
        mail = email.message_from_bytes(sent, policy=email.policy.default)
        yield str(mail["Subject"]).encode()
        yield from (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())


def read_everything_stored(haystack: Haystack) -> None:
    """What the stores hold now."""
    haystack.add("database", *read_database())
    haystack.add("documents", *read_documents())
    for client in (redis.Redis.from_url(settings.REDIS_URL), broker_client()):
        haystack.add("redis", *read_redis(client))
