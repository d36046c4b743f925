"""A client who is deactivated or erased at the very moment at which somebody else works for him."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import queued_mails, somebody_waits_for_a_lock
from tests.trackimmo.factories import JobFactory
from trackimmo import services
from trackimmo.errors import ClientUnavailable
from trackimmo.models import Assignment, ProcessingJob
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import assign_properties, cleanup

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meanwhile(in_scope) -> Callable[[Callable[[], object]], threading.Thread]:
    """Does something on a connection of its own. What comes of it is in the thread's `outcome`."""

    def begin(work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            with closing(connection), tenancy.scope(in_scope.pk):
                try:
                    thread.outcome = work()
                except Exception as error:
                    thread.outcome = error

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    return begin


@pytest.mark.parametrize("ask", [services.start_processing, services.start_adding_addresses])
@pytest.mark.parametrize("leave", [services.deactivate_client, services.erase_client])
def test_no_job_is_opened_for_a_client_who_is_leaving(customer, meanwhile, ask, leave):
    with transaction.atomic():
        leave(client_id=customer.pk)
        asked = meanwhile(lambda: ask(client_id=customer.pk))
        eventually(somebody_waits_for_a_lock)
    asked.join()
    assert isinstance(asked.outcome, ClientUnavailable)
    assert not ProcessingJob.objects.exists()
    assert queued_mails() == []


@pytest.mark.parametrize("take_back", [services.erase_client, services.reset_assignments])
def test_taking_assignments_back_and_cleaning_their_jobs_up_take_turns(
    customer, sales, meanwhile, monkeypatch, take_back
):
    old = JobFactory(client=customer, status="completed", finished_at=timezone.now() - timedelta(days=99))
    assign_properties(client=customer, count=5, today=today_in_paris(), job=old)
    taking = []

    def record(**_: object) -> None:
        # The cleanup holds the job, and has not come to its assignments.
        taking.append(meanwhile(lambda: take_back(client_id=customer.pk)))
        eventually(somebody_waits_for_a_lock)

    monkeypatch.setattr(cleanup, "audit", SimpleNamespace(record=record))
    assert services.delete_ended_jobs(older_than_days=30) == 1
    [thread] = taking
    thread.join()
    assert not isinstance(thread.outcome, Exception)
    assert not Assignment.objects.exists()
    assert not ProcessingJob.objects.exists()
