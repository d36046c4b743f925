"""Celery's side of check-in: each task only looks, and may run any number of times."""

from uuid import UUID

from celery import shared_task

from checkin import services
from core import tenancy


@shared_task
def look() -> None:
    """Check, fetch and refresh what is due. Beat asks for it every SWEEP_SECONDS."""
    services.look()


# Ten seconds of its own, and then what is under way: requests that wait for a slot, and hang when they have one.
@shared_task(soft_time_limit=120, time_limit=150)
def work_on_run(run_id: str, organization_id: str) -> None:
    """Work on an open run for a while."""
    with tenancy.scope(UUID(organization_id)):
        services.work_on_run(run_id=UUID(run_id))


@shared_task
def delete_old_history() -> None:
    """Forget runs that ended more than CHECKIN_HISTORY_DAYS ago. Beat asks for it once a day."""
    services.delete_old_history()
