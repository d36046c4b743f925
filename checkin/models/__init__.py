"""Sessions, what became of them, and how we stand with the upstream."""

from checkin.models.runs import Outcome, RefreshAttempt, RefreshRun, RunKind
from checkin.models.sessions import CheckinSession, Report, SessionStatus
from checkin.models.upstream import UpstreamStanding

__all__ = [
    "CheckinSession",
    "Outcome",
    "RefreshAttempt",
    "RefreshRun",
    "Report",
    "RunKind",
    "SessionStatus",
    "UpstreamStanding",
]
