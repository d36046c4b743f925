"""Which sessions a run still has to see to."""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

from typing import Any, Final
from uuid import UUID

from checkin.models import RefreshRun, RunKind
from checkin.services.statements import NOW, fetch

# The words are those of the indexes' conditions.
WAITING: Final = """
    session.organization_id = %(organization_id)s
    AND session.is_listed AND (session.status IS NULL OR session.status IN ('normal', 'failed'))
"""
# Whatever came after the run's beginning is another run's.
PENDING: Final = f"""
    {WAITING}
    AND session.created_at <= %(started_at)s
    AND (session.attempted_at IS NULL OR session.attempted_at < %(started_at)s)
"""
DUE: Final = f"{PENDING} AND session.next_refresh_at <= %(started_at)s"


def pending(run: RefreshRun) -> str:
    """The condition on `session`, in SQL; its parameters are `parameters(run)`."""
    return DUE if run.kind == RunKind.DUE else PENDING


def parameters(run: RefreshRun) -> dict[str, Any]:
    """What the condition needs to know."""
    return {"organization_id": run.organization_id, "started_at": run.started_at}


def count_pending(run: RefreshRun) -> int:
    """How many sessions it still has to see to, those included that somebody is refreshing."""
    return int(_one(f"SELECT count(*) FROM checkin_checkinsession AS session WHERE {pending(run)}", run))


def is_any_pending(run: RefreshRun) -> bool:
    """Whether it still has to see to a session, be it one that somebody is refreshing."""
    return bool(_one(f"SELECT EXISTS (SELECT FROM checkin_checkinsession AS session WHERE {pending(run)})", run))


def is_any_free(run: RefreshRun) -> bool:
    """Whether there is a session that it still has to see to, and that nobody is refreshing."""
    free = f"{pending(run)} AND session.lease_token IS NULL"
    return bool(_one(f"SELECT EXISTS (SELECT FROM checkin_checkinsession AS session WHERE {free})", run))


def _one(statement: str, run: RefreshRun) -> Any:  # noqa: ANN401 -- the statement's own
    [[answer]] = fetch(statement, parameters(run))
    return answer


def is_due_somewhere(organization_id: UUID) -> bool:
    """Whether a session's time has come that nobody is refreshing."""
    [[is_due]] = fetch(
        f"""
        SELECT EXISTS (
            SELECT FROM checkin_checkinsession AS session
            WHERE {WAITING} AND session.next_refresh_at <= {NOW} AND session.lease_token IS NULL
        )
        """,
        {"organization_id": organization_id},
    )
    return bool(is_due)
