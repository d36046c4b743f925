"""MongoDB and the worker die again and again while audited changes and metrics are written: nothing is lost or doubled.

DRILL_WRITES says how many; `make drill-audit` makes twenty thousand.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime
from decimal import Decimal
from io import StringIO
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from bson import Decimal128
from django.core.management import call_command

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from audit.documents import AUDIT_LOGS
from audit.models import Chain, Checkpoint
from audit.services import verification
from core import tenancy
from core.outbox.models import OPEN, OutboxEvent
from core.testing.mongo import start_empty
from core.testing.waiting import eventually
from tests.processes import ROOT, environment_of_this_test

WRITES = int(os.environ.get("DRILL_WRITES", "3000"))
# So that no two deaths of one kind only follow each other: five of MongoDB, ten of the worker.
DEATHS = ("worker", "mongo", "worker") * 5
TOPICS = ("audit.entry", "analytics.event")

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


class Writer:
    """One of the processes that write, and what it says that it has written."""

    def __init__(self, seed: int, organizations: list[object], environment: dict[str, str], log: Any) -> None:
        self.written: list[dict[str, Any]] = []
        self._said: Queue[str] = Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.audited_writer", str(seed), *map(str, organizations)],
            cwd=ROOT,
            env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        Thread(target=self._listen, daemon=True).start()
        self.wait_for("ready")

    def _listen(self) -> None:
        for line in self._process.stdout:
            self._said.put(line)

    def begin(self, number: int) -> None:
        """Have it write so many more."""
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()

    def wait_for(self, word: str) -> None:
        """Take down what it says, until it says that."""
        while (said := json.loads(self._said.get(timeout=60))) != word:
            self.written.append(said)

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def mongo(settings, monkeypatch, private_mongo, tmp_path):
    """A MongoDB that may die, and a file of checkpoints of this test's own."""
    settings.MONGODB_URI = private_mongo.url
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    monkeypatch.setenv("AUDIT_CHECKPOINTS_FILE", settings.AUDIT_CHECKPOINTS_FILE)
    for collection in (AUDIT_LOGS, METRIC_EVENTS, METRIC_ROLLUPS):
        start_empty(collection)
    return private_mongo


@pytest.fixture
def start_writers(ours, theirs, mongo, settings, tmp_path):
    """Start so many writers for both organizations."""
    started: list[Writer] = []
    with (tmp_path / "writers.log").open("w") as log:

        def start(number: int) -> list[Writer]:
            ids = [ours.organization.pk, theirs.organization.pk]
            environment = environment_of_this_test(settings)
            started.extend(Writer(seed, ids, environment, log) for seed in range(number))
            return started

        yield start
        for writer in started:
            writer.stop()


def test_whatever_dies_each_write_is_there_once(
    ours, theirs, mongo, monkeypatch, start_writers, start_worker, start_beat
):
    # Soon enough for a test, and longer than MongoDB's operations take before they are given up.
    monkeypatch.setenv("OUTBOX_LEASE_SECONDS", "20")
    writers = start_writers(2)
    start_beat()
    worker = start_worker()
    shares = parts(WRITES, len(DEATHS) + 1)
    for share, death in zip(shares, DEATHS, strict=False):
        before = delivered()
        for writer, number in zip(writers, parts(share, 2), strict=True):
            writer.begin(number)
        # In the middle of it: something of this share has arrived, and not all.
        eventually(lambda before=before: delivered() > before, seconds=60)
        if death == "mongo":
            mongo.kill()
            mongo.start()
        else:
            worker.kill()
            worker = start_worker()
        for writer in writers:
            writer.wait_for("done")
    for writer, number in zip(writers, parts(shares[-1], 2), strict=True):
        writer.begin(number)
        writer.wait_for("done")
    eventually(lambda: not OutboxEvent.unscoped.filter(OPEN).exists(), seconds=120)

    written = [one for writer in writers for one in writer.written]
    assert sum(len(one["resources"]) for one in written) == WRITES
    parked = OutboxEvent.unscoped.filter(parked_at__isnull=False)
    assert list(parked.values_list("topic", "attempts", "last_error")) == []
    for company in (ours, theirs):
        mine = [one for one in written if one["organization"] == str(company.organization.pk)]
        with tenancy.scope(company.organization.pk):
            each_entry_is_there_once(mine)
            each_metric_is_counted_once(mine)
    told = StringIO()
    call_command("verify_audit", stdout=told)
    assert told.getvalue().count("\n") >= 2


def parts(number: int, count: int) -> list[int]:
    """The number in so many whole parts."""
    return [number // count + (place < number % count) for place in range(count)]


def delivered() -> int:
    return OutboxEvent.unscoped.filter(topic__in=TOPICS, delivered_at__isnull=False).count()


def each_entry_is_there_once(written: list[dict[str, Any]]) -> None:
    expected = [resource for one in written for resource in one["resources"]]
    entries = list(AUDIT_LOGS.here().find().sort("seq", 1))
    assert sorted(entry["resource_id"] for entry in entries) == sorted(expected)
    assert [entry["seq"] for entry in entries] == list(range(1, len(expected) + 1))
    chain = Chain.objects.get()
    assert (chain.size, chain.head) == (len(expected), entries[-1]["hash"])
    *_, verdict = verification.verdicts()
    assert (verdict.verified, verdict.reason, verdict.checked_to) == (True, "", len(expected))
    assert verdict.checkpoints_compared >= Checkpoint.objects.count() > 0


def each_metric_is_counted_once(written: list[dict[str, Any]]) -> None:
    """The raw events are what was written, and the sums of quarters of an hour are theirs."""
    events = list(METRIC_EVENTS.here().find())
    told = Counter((metric, Decimal(value), at) for metric, value, at in (one["metric"] for one in written))
    assert Counter((event["metric"], number(event["value"]), event["at"].isoformat()) for event in events) == told
    quarters: dict[tuple[str, datetime], list[Decimal]] = {}
    for event in events:
        at = event["at"]
        start = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        quarters.setdefault((event["metric"], start), []).append(number(event["value"]))
    rollups = {(one["metric"], one["start"]): one for one in METRIC_ROLLUPS.here().find()}
    assert METRIC_ROLLUPS.here().count() == len(rollups)
    kept = {
        key: (number(one["sum"]), one["count"], number(one["min"]), number(one["max"])) for key, one in rollups.items()
    }
    assert kept == {key: (sum(values), len(values), min(values), max(values)) for key, values in quarters.items()}


def number(value: int | Decimal128) -> Decimal:
    return value.to_decimal() if isinstance(value, Decimal128) else Decimal(value)
