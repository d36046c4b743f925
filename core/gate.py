"""The door of the API: identity and rate limits in one Redis round trip.

Source of the algorithm: the sliding window counter, as in `core/gate.lua`. Why it is ours and not a library's is in
`docs/decisions/0001-one-round-trip-at-the-door.md`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from prometheus_client import Counter
from redis import RedisError
from redis.commands.core import Script

from core.actor import Actor
from core.addresses import network_of
from core.errors import RateLimited, Unauthenticated, Unavailable
from core.redis import client
from core.wording import counted

logger = structlog.get_logger(__name__)

IDENTITY_TTL_SECONDS: Final = 1800
# Longer than any statement may run: whoever read an identity before it changed has tried to cache it by then.
FORGOTTEN_SECONDS: Final = 15
NO_KEY: Final = "identity:nobody"
Identity = dict[str, Any]

redis_failures = Counter(
    "switchboard_gate_redis_failures_total", "Requests admitted or refused without Redis.", ["outcome"]
)


class Credentials(Protocol):
    """What an authenticator found in the request. It was verified as far as that goes without any I/O."""

    @property
    def organization_id(self) -> UUID | None:
        """The organization, if the credentials themselves tell it."""

    @property
    def is_proven(self) -> bool:
        """Whether nobody else can have made them up. Others are looked up before a request is counted for them."""

    @property
    def limit_subject(self) -> str:
        """Whom the limits of a caller count."""

    @property
    def identity_key(self) -> str:
        """Where the identity is cached in Redis."""

    def load(self) -> Identity | None:
        """Read the identity from PostgreSQL. None, or Unauthenticated with a reason, if there is none."""

    def confirm(self, identity: Identity) -> Actor:
        """The caller, if the identity bears the credentials out. Raises Unauthenticated otherwise."""


class Per(Enum):
    """Whom a limit counts."""

    CALLER = "caller"
    ORGANIZATION = "organization"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Limit:
    """`requests` per `window_seconds` for each caller, organization or address; `name` separates the counters.

    An IPv6 address counts as its network, the /64 that one caller controls.
    """

    name: str
    requests: int
    window_seconds: int
    per: Per = Per.CALLER


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands with one limit."""

    limit: Limit
    remaining: int
    reset_at: int
    wait_seconds: int

    def headers(self) -> dict[str, str]:
        """The `X-RateLimit-*` headers: reset is in epoch seconds."""
        return {
            "X-RateLimit-Limit": str(self.limit.requests),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_at),
        }


@dataclass(frozen=True, slots=True)
class Admission:
    """Who came in, and how each of his limits stands."""

    actor: Actor | None
    standings: Sequence[Standing]

    @property
    def tightest(self) -> Standing | None:
        """The limit that will refuse first."""
        return min(self.standings, key=lambda one: (-one.wait_seconds, one.remaining), default=None)

    def require_room(self) -> None:
        """Raise RateLimited if any limit refused the request."""
        tightest = self.tightest
        if tightest and tightest.wait_seconds:
            limit = tightest.limit
            raise RateLimited(
                f"Rate limit exceeded: {counted(limit.requests, 'request')} per"
                f" {counted(limit.window_seconds, 'second')}. Try again in {counted(tightest.wait_seconds, 'second')}.",
                retry_after_seconds=tightest.wait_seconds,
            )


@cache
def _script() -> Script:
    return client().register_script(Path(__file__).with_name("gate.lua").read_text())


def admit(
    credentials: Credentials | None,
    limits: Sequence[Limit],
    *,
    address: str,
    may_go_on_without_redis: bool = True,
) -> Admission:
    """Confirm the caller and count the request against every limit, or against none.

    Raises Unauthenticated if the credentials no longer hold, and Unavailable if Redis is down and the endpoint must not
    go on without its limits. The refusal of a limit is in the result: the caller decides when to raise it.
    """
    counted = _counted(credentials, limits, address)
    if credentials is None and not counted and may_go_on_without_redis:
        return Admission(None, [])  # open to all, as often as they like: a Redis that hangs must not slow it down
    identity: Identity | None = None
    try:
        identity, standings = _ask(credentials, counted, even_if_unknown=credentials is None or credentials.is_proven)
        if credentials and identity is None:
            identity = _load(credentials)
            remember(credentials.identity_key, identity)
            if standings is None:
                _, standings = _ask(credentials, counted, even_if_unknown=True)
    except RedisError as error:
        redis_failures.labels("admitted" if may_go_on_without_redis else "refused").inc()
        logger.warning("gate_without_redis", error=str(error), admitted=may_go_on_without_redis)
        if not may_go_on_without_redis:
            raise Unavailable from error
        standings = []
    if credentials is None:
        return Admission(None, standings or [])
    return Admission(credentials.confirm(identity or _load(credentials)), standings or [])


def _ask(
    credentials: Credentials | None, counted: Sequence[tuple[str, Limit]], *, even_if_unknown: bool
) -> tuple[Identity | None, list[Standing] | None]:
    """The cached identity, and how each limit stands after this request.

    Unless `even_if_unknown`, a request whose identity is not cached is not counted and has None for the limits: whoever
    makes up keys leaves no counters behind.
    """
    keys = [credentials.identity_key if credentials else NO_KEY, *(key for key, _ in counted)]
    arguments = [number for _, limit in counted for number in (limit.requests, limit.window_seconds * 1000)]
    cached, *answer = cast(list[Any], _script()(keys=keys, args=[*arguments, int(even_if_unknown)]))
    identity = json.loads(cached) if cached else None
    if not answer:
        return identity, None
    numbers = answer[1:]
    return identity, [
        Standing(limit, int(remaining), math.ceil(reset / 1000), math.ceil(wait / 1000))
        for (_, limit), remaining, reset, wait in zip(counted, numbers[0::3], numbers[1::3], numbers[2::3], strict=True)
    ]


def _counted(credentials: Credentials | None, limits: Sequence[Limit], address: str) -> list[tuple[str, Limit]]:
    """The Redis key of each limit that applies. Nobody in particular is counted by address."""
    if not settings.RATE_LIMIT_ENABLED:
        return []
    network = f"address:{network_of(address)}"
    caller = credentials.limit_subject if credentials else network
    organization = credentials.organization_id if credentials else None
    subjects: Mapping[Per, str | None] = {
        Per.CALLER: caller,
        Per.ORGANIZATION: f"organization:{organization}" if organization else None,
        Per.ADDRESS: network,
    }
    return [(f"limit:{limit.name}:{subjects[limit.per]}", limit) for limit in limits if subjects[limit.per]]


def _load(credentials: Credentials) -> Identity:
    identity = credentials.load()
    if identity is None:
        raise Unauthenticated("The credentials are not valid.")
    return identity


def admit_again(callers: Sequence[Credentials]) -> list[Actor | None]:
    """Who each of them, admitted some time ago, is by now; None if he would not be let in any more. Counts nothing.

    One round trip for all whose identities are cached; the others are read from PostgreSQL, and where it does not
    answer nobody is vouched for.
    """
    keys = list({credentials.identity_key for credentials in callers})
    identities: dict[str, Identity] = {}
    is_redis_up = is_postgres_up = True
    try:
        cached = cast(list[bytes | None], client().mget(keys)) if keys else []
        identities = {key: json.loads(text) for key, text in zip(keys, cached, strict=True) if text}
    except RedisError as error:
        logger.warning("callers_confirmed_without_redis", callers=len(keys), error=str(error))
        is_redis_up = False
    answers: list[Actor | None] = []
    for credentials in callers:
        key = credentials.identity_key
        try:
            if key not in identities and is_postgres_up:
                identities[key] = _load(credentials)
                if is_redis_up:
                    remember(key, identities[key])
            answers.append(credentials.confirm(identities[key]) if key in identities else None)
        except Unauthenticated:
            answers.append(None)
        except DatabaseError as error:
            logger.warning("callers_not_confirmed", error=str(error))
            is_postgres_up = False
            answers.append(None)
    return answers


def remember(identity_key: str, identity: Identity) -> None:
    """Cache an identity, so that the next request needs no query. A Redis that just went away is not an error."""
    try:
        client().set(identity_key, json.dumps(identity), ex=IDENTITY_TTL_SECONDS, nx=True)
    except RedisError as error:
        logger.warning("identity_not_cached", error=str(error))


def forget(*identity_keys: str) -> None:
    """Make the next request read the identities anew. Raises RedisError if Redis is down.

    For a moment they are not cached at all: a request that read one just before it changed must not bring it back.
    """
    with client().pipeline() as pipeline:
        for identity_key in identity_keys:
            pipeline.set(identity_key, "", ex=FORGOTTEN_SECONDS)
        pipeline.execute()
