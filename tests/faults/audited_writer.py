"""A process that writes audited changes and metrics on demand: `python -m tests.faults.audited_writer SEED ID…`.

For each number that it reads it makes so many audit entries, in transactions of different sizes, for organizations in
turn. What a transaction wrote it says once that has committed; some roll back, and nothing of those is said.
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import django

django.setup()

from django.db import transaction  # noqa: E402 -- Django first

from analytics import services as analytics  # noqa: E402
from audit import services as audit  # noqa: E402
from core import tenancy  # noqa: E402

METRICS = ("messages_sent", "contacts_created", "agents_online")
SINCE = datetime(2026, 11, 20, 9, 7, tzinfo=UTC)
SIZES = (1, 1, 1, 2, 5, 20)


def say(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


class Abandoned(Exception):
    """The transaction is taken back."""


def write(chance: random.Random, organization_id: UUID, number: int) -> dict[str, object]:
    """Write `number` audit entries and a metric event in one transaction. Returns what was written."""
    resources = [str(uuid4()) for _ in range(number)]
    metric, value = chance.choice(METRICS), chance.choice([1, chance.randrange(1000), Decimal("0.1")])
    at = SINCE + timedelta(minutes=chance.randrange(600))
    with tenancy.scope(organization_id), transaction.atomic():
        if number > 2:
            audit.record_many(action="update", resource_type="drill", resource_ids=resources)
        else:
            for resource in resources:
                audit.record(action="create", resource_type="drill", resource_id=resource, changes={"n": (None, 1)})
        analytics.record(metric, value=value, at=at, dimensions={"from": "drill"})
        if chance.random() < 0.05:
            raise Abandoned
    return {
        "organization": str(organization_id),
        "resources": resources,
        "metric": [metric, str(value), at.isoformat()],
    }


def main(seed: str, *organizations: str) -> None:
    """Write what is asked for, line by line."""
    chance = random.Random(seed)
    ids = [UUID(one) for one in organizations]
    say("ready")
    for line in sys.stdin:
        left = int(line)
        while left:
            try:
                written = write(chance, chance.choice(ids), min(left, chance.choice(SIZES)))
            except Abandoned:
                continue
            left -= len(written["resources"])
            say(written)
        say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
