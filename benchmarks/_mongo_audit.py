"""The audit log: how fast the relay writes entries with their chain, and what recording costs a request."""

import os
import time
from collections.abc import Callable
from typing import Any, Final

from benchmarks._mongo import ROUNDS, console, organizations, table  # sets Django up: first

# isort: split
from django.db import connection, transaction

from accounts.models import Organization
from audit.documents import AUDIT_LOGS
from audit.services import record, record_many
from audit.services.verification import verify
from benchmarks._stopwatch import Stopwatch
from core import outbox, tenancy
from core.mongo import database

ENTRIES: Final = int(os.environ.get("BENCH_ENTRIES", "50_000"))
AT_ONCE: Final = 1000
BARE_BATCH: Final = 500
REQUESTS: Final = ROUNDS * 40
BARE: Final = "bench_bare_log"
CHANGES: Final[dict[str, tuple[Any, Any]]] = {"status": ("draft", "published"), "body": (None, "Offer of the week")}


def main() -> None:
    """Record, relay, verify, compare."""
    one, *several = organizations(6)
    made = table("The audit log", "", "per second", "seconds", "wanted")
    for name, chosen in (("one organization", [one]), ("five organizations", several)):
        recorded = seconds_of(lambda chosen=chosen: fill(chosen))  # type: ignore[misc]
        relayed = seconds_of(outbox.relay_all)
        made.add_row(f"recorded, {AT_ONCE} at once, {name}", f"{ENTRIES / recorded:,.0f}", f"{recorded:.1f}", "")
        made.add_row(f"relayed with the chain, {name}", f"{ENTRIES / relayed:,.0f}", f"{relayed:.1f}", ">= 5,000")
    bare = write_bare(one)
    made.add_row(f"the same entries inserted bare, {BARE_BATCH} at once", f"{ENTRIES / bare:,.0f}", f"{bare:.1f}", "")
    verified = seconds_of(lambda: verify_all(one))
    made.add_row("verified", f"{ENTRIES / verified:,.0f}", f"{verified:.1f}", "")
    console.print(made)
    report_recording(several[0])


def seconds_of(act: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def fill(chosen: list[Organization]) -> None:
    """Record ENTRIES entries, the same number in each organization."""
    for organization in chosen:
        with tenancy.scope(organization.pk):
            for start in range(0, ENTRIES // len(chosen), AT_ONCE):
                with transaction.atomic():
                    ids = [f"{organization.slug}-{start + number}" for number in range(AT_ONCE)]
                    record_many(
                        action="update",
                        resource_type="bench",
                        resource_ids=ids,
                        changes=dict.fromkeys(ids, CHANGES),
                    )


def write_bare(organization: Organization) -> float:
    """The seconds that pymongo takes to insert the same documents into a collection with the same indexes."""
    entries = list(database()[AUDIT_LOGS.name].find({"organization_id": organization.pk}).sort("seq", 1))
    bare = database()[BARE]
    for index in AUDIT_LOGS.indexes:
        bare.create_index(list(index.keys.items()), **index.options)
    batches = [entries[start : start + BARE_BATCH] for start in range(0, len(entries), BARE_BATCH)]
    return seconds_of(lambda: [bare.insert_many(batch) for batch in batches])


def verify_all(organization: Organization) -> None:
    """Raises AssertionError unless the whole chain verifies."""
    with tenancy.scope(organization.pk):
        verdict = verify(limit=10 * ENTRIES)
        assert verdict.verified, verdict  # noqa: S101
        assert verdict.size == ENTRIES, verdict  # noqa: S101


def report_recording(organization: Organization) -> None:
    """What a transaction with one UPDATE takes with and without an entry about it, by turns."""
    watch = Stopwatch()
    with tenancy.scope(organization.pk):
        for number in range(REQUESTS + 10):
            for name, recorded in (("without", False), ("with", True)):
                if number < 10:
                    change(organization, recorded=recorded)
                else:
                    watch.time(name, change, organization, recorded=recorded)
    made = table("One change", "", "milliseconds (median)", "wanted")
    made.add_row("a transaction with an UPDATE", f"{watch['without']:.2f}", "")
    made.add_row("the same with its entry", f"{watch['with']:.2f}", "")
    made.add_row("recording adds", f"{watch['with'] - watch['without']:.2f}", "<= 1")
    console.print(made)


def change(organization: Organization, *, recorded: bool) -> None:
    """A small write, as a request does one."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_organization SET name = name WHERE id = %s", [organization.pk])
        if recorded:
            record(action="update", resource_type="organization", resource_id=organization.pk, changes=CHANGES)


if __name__ == "__main__":
    main()
