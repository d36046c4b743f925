"""Refreshing one session, because somebody asks for it."""

from datetime import datetime
from time import monotonic, sleep
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from checkin.errors import UpstreamUnavailable
from checkin.models import CheckinSession, RefreshRun
from checkin.selectors.sessions import session_by_email
from checkin.selectors.standing import require_upstream
from checkin.services import standing
from checkin.services.refreshing.claiming import Claim, claim_one, lease_seconds
from checkin.services.refreshing.ledger import Ledger
from checkin.services.refreshing.requesting import Requests
from checkin.services.refreshing.runs import open_single
from checkin.services.refreshing.settling import settle_interrupted

LOOK_AGAIN_SECONDS: Final = 0.1
TAKEN: Final = "Another process refreshes this session, and has not come to an end."


def refresh_one(*, email: str) -> CheckinSession:
    """Refresh a session, whatever its state, or wait for the result of whoever does just now. Returns it as it is then.

    Raises NoUpstream, SessionUnknown, and UpstreamUnavailable when nothing can be asked for now.
    """
    require_upstream()
    session = session_by_email(email)
    before = _attempted_at(session)
    run: RefreshRun | None = None
    until = monotonic() + lease_seconds()
    while monotonic() < until:
        if (begun := _begin(session, run)) is not None:
            run, mine = begun
            if _refresh(run, mine):
                standing.note(one_refreshed_at=Now())
                return session_by_email(email)
            continue
        settle_interrupted()
        sleep(LOOK_AGAIN_SECONDS)
        if _attempted_at(session) != before:
            return session_by_email(email)
    raise UpstreamUnavailable(TAKEN)


@transaction.atomic
def _begin(session: CheckinSession, run: RefreshRun | None) -> tuple[RefreshRun, Claim] | None:
    """Take the session, and begin a run unless there is one; None if somebody has it."""
    run = run or open_single()
    if mine := claim_one(run, session.pk):
        return run, mine
    transaction.set_rollback(rollback=True)
    return None


def _refresh(run: RefreshRun, mine: Claim) -> bool:
    """Whether that was the last word: the token that was tried may not have been the right one."""
    claims = [mine]
    with Requests() as requests:
        ledger = Ledger(requests, {run.pk: run})
        ledger.work(lambda _: [claims.pop()] if claims else [], until=float("inf"))
    if ledger.closed is not None:
        RefreshRun.objects.filter(pk=run.pk).update(finished_at=Now(), skipped=1, error=ledger.closed.reason)
        raise UpstreamUnavailable(ledger.closed.reason, wait_seconds=ledger.closed.wait_seconds)
    run.refresh_from_db()
    return run.finished_at is not None


def _attempted_at(session: CheckinSession) -> datetime | None:
    return CheckinSession.objects.filter(pk=session.pk).values_list("attempted_at", flat=True).first()
