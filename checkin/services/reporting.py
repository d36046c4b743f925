"""Reporting to the upstream how its users' sessions are."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from checkin.models import CheckinSession, Report, SessionStatus
from checkin.services.errands import do_errands
from checkin.upstream import UpstreamApi
from core import outbox

TOPIC: Final = "checkin.report"
REFRESHED: Final = "The session was refreshed."


def publish_reports(session_ids: Sequence[UUID]) -> None:
    """Have it reported how these sessions are. The events name the sessions and nothing else."""
    outbox.publish_many(TOPIC, [{"session_id": str(session_id)} for session_id in session_ids])


def report_to_upstream(session_ids: Sequence[UUID]) -> None:
    """Report how these sessions are by now, several at a time, as far as it is not reported.

    Raises UpstreamUnavailable or UpstreamRefused, when what went well is written down; to call it again is harmless.
    """
    waiting = CheckinSession.objects.filter(pk__in=session_ids, reporting_since__isnull=False)
    sessions = list(waiting.defer("token", "listed_token", "confirmed_token"))
    to_report = [one for one in sessions if one.is_listed and one.status is not None]
    api = UpstreamApi()
    errands = do_errands(to_report, lambda one: api.log(one.email, _state(one), one.error or REFRESHED))
    reported = [session for session, _ in errands.done]
    _settle(reported, skipped=[one for one in sessions if one not in to_report])
    errands.raise_problem()


def _state(session: CheckinSession) -> Report:
    return Report.NORMAL if session.status == SessionStatus.NORMAL else Report.FAIL


@transaction.atomic
def _settle(reported: Sequence[CheckinSession], *, skipped: Sequence[CheckinSession]) -> None:
    """Write down what was reported. What has happened meanwhile is reported again."""
    by_id = {one.pk: one for one in (*reported, *skipped)}
    rows = CheckinSession.objects.select_for_update(no_key=True).filter(pk__in=by_id).order_by("pk")
    again = [
        pk for pk, attempted_at in rows.values_list("pk", "attempted_at") if attempted_at != by_id[pk].attempted_at
    ]
    CheckinSession.objects.filter(pk__in=by_id.keys() - again).update(reporting_since=None)
    for state in Report:
        done = [one.pk for one in reported if _state(one) == state]
        CheckinSession.objects.filter(pk__in=done).update(checkin_report=state, checkin_report_time=Now())
    publish_reports(again)
