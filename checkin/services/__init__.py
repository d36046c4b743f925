"""Writes of check-in. Each is called in the organization's scope, outside any transaction.

- `check_connection() -> bool`: ask the upstream's API whether it is there; the answer is stored. Never raises because
  of the upstream.
- `fetch_users() -> FetchSummary`: take the upstream's list over. Raises UpstreamUnavailable and UpstreamRefused.
- `refresh_all(*, wait_seconds=25.0) -> RefreshRun`: refresh every session that is not expired, in this process and the
  workers. Returns the run when it has ended, or as far as it is when the time is up: `finished_at` is None then, and
  the workers go on. `done` of `total` say how far it is, `error` why it pauses.
- `refresh_one(*, email) -> CheckinSession`: refresh one session, or wait for whoever does just now; an expired one is
  tried, too. Raises SessionUnknown.
- `start_refresh(kind) -> RefreshRun`: the open run of a kind, or a new one; workers are asked for.

All but `check_connection` raise NoUpstream in an organization that has none, or when check-in is switched off;
`check_connection` is False there. Reads: `checkin.selectors.standing` (`state()`) and `checkin.selectors.sessions`
(`listed_sessions()`, `session_by_email(email)`, `attempts_of(session)`, `runs()`, `run_by_id(run_id)`).
"""

from checkin.services.cleanup import delete_old_history
from checkin.services.connection import check_connection
from checkin.services.fetching import FetchSummary, fetch_users
from checkin.services.looking import look
from checkin.services.refreshing import refresh_all, refresh_one, start_refresh, work_on_run
from checkin.services.reporting import TOPIC as REPORT
from checkin.services.reporting import report_to_upstream
from checkin.services.telling import TOPIC as TELL_UPSTREAM
from checkin.services.telling import tell_upstream

__all__ = [
    "REPORT",
    "TELL_UPSTREAM",
    "FetchSummary",
    "check_connection",
    "delete_old_history",
    "fetch_users",
    "look",
    "refresh_all",
    "refresh_one",
    "report_to_upstream",
    "start_refresh",
    "tell_upstream",
    "work_on_run",
]
