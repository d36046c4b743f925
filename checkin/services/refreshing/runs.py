"""Runs: begun by whoever asks or by beat, worked on by whoever can, ended by whoever finds nothing left."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now

from audit import services as audit
from checkin.models import RefreshRun, RunKind
from checkin.selectors.standing import require_upstream
from checkin.services import standing
from checkin.services.refreshing.ledger import Closed
from checkin.services.refreshing.pending import count_pending, is_any_pending
from checkin.services.refreshing.waking import wake
from core.actor import current_origin

DONE = F("normal") + F("expired") + F("failed")


def start_refresh(kind: RunKind) -> RefreshRun:
    """The organization's open run of a kind, which whoever asks joins, or a new one. Workers are asked for.

    Not for runs of one session. Raises NoUpstream.
    """
    require_upstream()
    run = _open(kind)
    wake(run.pk)
    return run


@transaction.atomic
def _open(kind: RunKind) -> RefreshRun:
    """Of any number of simultaneous calls one makes the run: the partial unique index decides."""
    run = RefreshRun(kind=kind, request_id=current_origin().request_id, started_at=Now())
    while True:
        RefreshRun.objects.bulk_create([run], ignore_conflicts=True)
        # The run that was in the way may have ended meanwhile: then the way is free.
        if found := RefreshRun.objects.filter(kind=kind, finished_at=None).first():
            break
    if found.pk == run.pk:
        found.total = count_pending(found)
        found.save(update_fields=["total"])
        if kind == RunKind.ALL:
            audit.record(action="execute", resource_type="checkin_refresh", resource_id=found.pk)
    return found


@transaction.atomic
def open_single() -> RefreshRun:
    """A run of one session, which nobody joins."""
    run = RefreshRun.objects.create(
        kind=RunKind.SINGLE, total=1, request_id=current_origin().request_id, started_at=Now()
    )
    audit.record(action="execute", resource_type="checkin_refresh", resource_id=run.pk)
    run.refresh_from_db()
    return run


@transaction.atomic
def finish_if_done(run: RefreshRun) -> None:
    """End the run if no session is left: neither with a worker, nor waiting for one."""
    held = RefreshRun.objects.select_for_update(no_key=True).filter(pk=run.pk, finished_at=None).first()
    if held is None or is_any_pending(held):
        return
    RefreshRun.objects.filter(pk=held.pk).update(
        finished_at=Now(),
        paused_until=None,
        error=None,
        # Some were refreshed by somebody else meanwhile, or are gone; some came who were not counted at the beginning.
        skipped=Greatest(F("total") - DONE, 0),
        total=Greatest(F("total"), DONE),
    )
    if held.kind == RunKind.ALL:
        standing.note(all_refreshed_at=Now())


def pause(run: RefreshRun, closed: Closed) -> None:
    """Leave the run alone for a while, and say why."""
    until = Now() + timedelta(seconds=closed.wait_seconds)
    RefreshRun.objects.filter(pk=run.pk, finished_at=None).update(paused_until=until, error=closed.reason)


def resume(run: RefreshRun) -> None:
    """It goes on."""
    RefreshRun.objects.filter(pk=run.pk, paused_until__isnull=False).update(paused_until=None, error=None)
