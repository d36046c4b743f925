"""Working on a run: in a worker for a while, or in the process that somebody waits for."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from structlog.contextvars import bound_contextvars

from checkin.models import RefreshRun, RunKind
from checkin.services.refreshing.claiming import Claim, claim
from checkin.services.refreshing.ledger import Ledger
from checkin.services.refreshing.pending import is_any_free
from checkin.services.refreshing.requesting import Requests
from checkin.services.refreshing.runs import finish_if_done, pause, resume, start_refresh
from checkin.services.refreshing.settling import settle_interrupted
from checkin.services.refreshing.waking import wake, worker_came
from core.actor import Origin, current_origin, origin_of
from core.health.draining import is_draining

# Much shorter than a Celery task may run: whatever else waits for a worker gets its turn.
WORK_SECONDS: Final = 10.0
LOOK_AGAIN_SECONDS: Final = 0.1
IS_OPEN: Final = Q(finished_at=None)
MAY_GO_ON: Final = Q(paused_until=None) | Q(paused_until__lte=Now())


def work_on_run(*, run_id: UUID) -> None:
    """Work on an open run of this organization for about ten seconds, together with whoever else does."""
    worker_came(run_id)
    run = RefreshRun.objects.filter(IS_OPEN, MAY_GO_ON, pk=run_id).first()
    if run is None:
        return
    with _in_the_name_of(run):
        settle_interrupted()
        if _work(run, until=time.monotonic() + WORK_SECONDS):
            wake(run.pk)


def refresh_all(*, wait_seconds: float = 25.0) -> RefreshRun:
    """Refresh every session that is not expired, in this process and in the workers.

    Returns the run when it has ended, or as far as it is: nothing more is begun here after `wait_seconds`, or when this
    server is about to stop, or while the upstream is to be left alone. What is left goes on in the workers. Raises
    NoUpstream.
    """
    until = time.monotonic() + wait_seconds
    run = start_refresh(RunKind.ALL)
    is_idle = False
    while time.monotonic() < until and not is_draining() and _may_go_on(run):
        if is_idle:  # what others are refreshing is waited for
            time.sleep(LOOK_AGAIN_SECONDS)
        settle_interrupted()
        is_idle = not _work(run, until=until)
    run.refresh_from_db()
    return run


def _may_go_on(run: RefreshRun) -> bool:
    return RefreshRun.objects.filter(IS_OPEN, MAY_GO_ON, pk=run.pk).exists()


def _work(run: RefreshRun, *, until: float) -> bool:
    """Refresh what can be had. Whether there is more to be had afterwards."""
    if not is_any_free(run):
        finish_if_done(run)
        return False

    def take(limit: int) -> Sequence[Claim]:
        if is_draining():  # what is killed after its request was sent costs a login
            return ()
        claims = claim(run, limit=limit)
        if len(claims) == limit:  # there is work for another one
            wake(run.pk)
        return claims

    with Requests() as requests:
        ledger = Ledger(requests, {run.pk: run})
        ledger.work(take, until=until)
    if ledger.closed is not None:
        pause(run, ledger.closed)
        return False
    resume(run)
    finish_if_done(run)
    return is_any_free(run)


@contextmanager
def _in_the_name_of(run: RefreshRun) -> Iterator[None]:
    """Whatever a run causes can be found by the request that began it."""
    request_id = run.request_id or current_origin().request_id
    with origin_of(Origin(request_id=request_id)), bound_contextvars(request_id=request_id, run_id=str(run.pk)):
        yield
