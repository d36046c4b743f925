"""Completing and cancelling callbacks, in as many statements for ten thousand as for one."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import now

from agents.errors import CallbackClosed, CallbackNotFound
from agents.models import OPEN, Callback, CallbackStatus
from agents.services.bulk.callbacks.holding import Row, hold
from agents.services.bulk.callbacks.publishing import publish
from agents.services.bulk.choosing import Choice, in_order
from agents.services.bulk.results import BulkResult, Result, failed, unchanged
from agents.services.facts import moment
from agents.services.followups import renew_followups
from core.actor import Actor
from core.jsontypes import JSON
from core.lookups import among

WHEN: Final = {CallbackStatus.COMPLETED: "completed_at", CallbackStatus.CANCELLED: "cancelled_at"}


@transaction.atomic
def complete_callbacks(*, choice: Choice, by: Actor, outcome: str = "", dry_run: bool = False) -> BulkResult:
    """Complete those that are open; an `outcome` becomes that of each. Cancelled ones fail. Raises TooManyMatches."""
    said = {"outcome": outcome} if outcome else {}
    return _close(CallbackStatus.COMPLETED, "complete", choice, by, dry_run=dry_run, **said)


@transaction.atomic
def cancel_callbacks(*, choice: Choice, by: Actor, dry_run: bool = False) -> BulkResult:
    """Cancel those that are open. Completed ones fail. Raises TooManyMatches."""
    return _close(CallbackStatus.CANCELLED, "cancel", choice, by, dry_run=dry_run)


def _close(status: CallbackStatus, action: str, choice: Choice, by: Actor, *, dry_run: bool, **said: str) -> BulkResult:
    rows = hold(choice, by=by).rows
    closing = [row for row in rows if row.status in OPEN]
    if closing and not dry_run:
        _write(closing, status, action, at=now(), said=said)
    return BulkResult(action, dry_run, in_order(choice, [_result(row, status) for row in rows], CallbackNotFound))


def _result(row: Row, status: CallbackStatus) -> Result:
    if row.status in OPEN:
        return Result(row.id)
    return unchanged(row.id) if row.status == status else failed(row.id, CallbackClosed(row.status))


def _write(rows: list[Row], status: CallbackStatus, action: str, *, at: datetime, said: dict[str, str]) -> None:
    written: dict[str, Any] = {"status": status, WHEN[status]: at, **said}
    Callback.objects.filter(among("pk", [row.id for row in rows])).update(**written, updated_at=at)
    renew_followups({row.customer_id for row in rows})
    shown: dict[str, JSON] = {"status": str(status), WHEN[status]: moment(at), **said}
    changes = {row.id: _changes(row, shown) for row in rows}
    publish(rows, action=action, changes=changes, recorded_as="update")


def _changes(row: Row, shown: dict[str, JSON]) -> dict[str, tuple[JSON, JSON]]:
    return {name: (old, new) for name, new in shown.items() if (old := getattr(row, name, None)) != new}
