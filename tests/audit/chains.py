"""Logs to tamper with."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from audit import services as audit
from audit.documents import AUDIT_LOGS
from audit.models import Chain, Checkpoint
from audit.services.signing import sign
from audit.services.verification import Verdict, verdicts
from core import outbox, tenancy
from core.outbox.models import OutboxEvent, OutboxPause


def record(number: int, *, start: int = 1, **changes) -> None:
    """Record so many entries in the scope, of the objects `start`, `start + 1`, …"""
    ids = [str(one) for one in range(start, start + number)]
    with transaction.atomic():
        told = dict.fromkeys(ids, changes)
        audit.record_many(action="update", resource_type="city", resource_ids=ids, changes=told)


def relay() -> int:
    """Relay what is recorded, also what waits."""
    OutboxPause.objects.update(until=Now())
    OutboxEvent.unscoped.filter(delivered_at=None).update(available_at=Now() - timedelta(seconds=1))
    return outbox.relay(audit.TOPIC)


def log_of(company, number: int) -> list[dict]:
    """Write a log of so many entries, with a checkpoint in its middle and one at its end."""
    with tenancy.scope(company.organization.pk):
        middle = number // 2
        for start, part in ((1, middle), (middle + 1, number - middle)):
            record(part, start=start)
            relay()
        chain = Chain.objects.get()
        sign(kind="head", size=chain.size, root=chain.head)
        assert [row.size for row in Checkpoint.objects.order_by("size")] == [middle, number]
        return stored()


def stored() -> list[dict]:
    """The entries of the scope's log."""
    return list(AUDIT_LOGS.here().find().sort("seq", 1))


def verdict_on(company, **asked) -> Verdict:
    """The last verdict on all of the organization's log."""
    with tenancy.scope(company.organization.pk):
        return list(verdicts(**asked))[-1]
