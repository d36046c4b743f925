"""What another process would do at the same time, done step by step."""

from collections.abc import Sequence

from django.db.models.functions import Now

from checkin.models import CheckinSession, RefreshRun, RunKind
from checkin.services import start_refresh
from checkin.services.refreshing.claiming import Claim, claim
from checkin.services.refreshing.finishing import finish
from checkin.services.refreshing.judging import Ended
from checkin.services.refreshing.keeping import Rotated, keep_tokens
from checkin.upstream import Answer, Verdict

NEW_TOKEN = "given-by-the-upstream-in-exchange"


def claimed(limit: int = 1) -> tuple[RefreshRun, Sequence[Claim]]:
    """Another process has taken sessions, and dies or is slow."""
    run = start_refresh(RunKind.ALL)
    return run, claim(run, limit=limit)


def lease_runs_out() -> None:
    """Its time is over."""
    CheckinSession.objects.filter(lease_token__isnull=False).update(lease_expires_at=Now())


def is_answered(
    run: RefreshRun, mine: Claim, verdict: Verdict = Verdict.NORMAL, *, token: str | None = NEW_TOKEN
) -> None:
    """Its answer comes, and is written down."""
    is_kept = token is None or bool(keep_tokens([Rotated(mine, token)]))
    number = mine.token_number + (token is not None) if is_kept else None
    error = None if verdict == Verdict.NORMAL else "The session has expired: log in again."
    finish([Ended(mine, Answer(verdict=verdict, new_token=token, error=error), number)], {run.pk: run})
