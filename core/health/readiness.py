"""Whether this process can serve: PostgreSQL and the migrations decide; what else is down is reported as degraded."""

import time
from functools import cache
from threading import Lock
from typing import Final

import pymongo
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from core import mongo, redis
from core.health.heartbeat import BEAT, WORKER
from core.health.probing import Finding, Findings, Probe, ask_all

PROBE_SECONDS: Final = 2.0
MONGO_SECONDS: Final = 1.5
CACHE_SECONDS: Final = 1.0
DECISIVE: Final = frozenset({"postgres", "migrations"})


def _ask_postgres() -> Findings:
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    finally:
        connection.close()
    missing = sorted(f"{app}.{name}" for app, name in migrations_in_code() - applied)
    detail = f"not applied: {', '.join(missing)}" if missing else ""
    return {"postgres": Finding(is_up=True), "migrations": Finding(is_up=not missing, detail=detail)}


@cache
def migrations_in_code() -> frozenset[tuple[str, str]]:
    """Every migration of this version, as (app, name). Reads no database."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _ask_redis() -> Findings:
    worker, beat = redis.client().mget(WORKER, BEAT)
    silent = "no heartbeat for 15 seconds"
    return {
        "redis": Finding(is_up=True),
        "worker": Finding(is_up=worker is not None, detail="" if worker else silent),
        "beat": Finding(is_up=beat is not None, detail="" if beat else silent),
    }


def _ask_mongo() -> Findings:
    with pymongo.timeout(MONGO_SECONDS):
        mongo.client().admin.command("ping")
    return {"mongo": Finding(is_up=True)}


PROBES: Final = (
    Probe(("postgres", "migrations"), _ask_postgres),
    Probe(("redis", "worker", "beat"), _ask_redis),
    Probe(("mongo",), _ask_mongo),
)


class Readiness:
    """The findings of the last second: however often `/readyz` is asked, the dependencies are asked once a second."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._findings: dict[str, Finding] = {}
        self._good_until = 0.0

    def findings(self) -> dict[str, Finding]:
        """How everything is. Takes 2 s at most."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._findings = ask_all(PROBES, seconds=PROBE_SECONDS)
                self._good_until = time.monotonic() + CACHE_SECONDS
            return self._findings

    def forget(self) -> None:
        """Ask anew next time; for tests."""
        self._good_until = 0.0


readiness: Final = Readiness()
