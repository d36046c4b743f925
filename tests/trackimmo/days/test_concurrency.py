"""Several workers on one day: each client is seen to once, by one of them."""

from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from tests.stored import queued_mails
from tests.threads import at_once
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, DailyRun, Dispatch, ProcessingJob
from trackimmo.selectors.days import open_run_ids
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.days import opening, reminders, reports

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 40


@pytest.fixture
def run(in_scope, monkeypatch) -> DailyRun:
    """Today's run, open, with forty clients whose report is due and forty to remind."""
    monkeypatch.setattr(reports, "BATCH_SIZE", 4)
    monkeypatch.setattr(reminders, "BATCH_SIZE", 4)
    today = today_in_paris()
    city = CityFactory()
    PropertyFactory.create_batch(8, city=city)
    for number in range(CLIENTS):
        ClientFactory(send_day=today.day, cities=[city], addresses_per_report=5, email=f"today{number}@agence.test")
        ClientFactory(send_day=(today + date.resolution).day, cities=[city], email=f"tomorrow{number}@agence.test")
    return DailyRun.objects.get(pk=opening.order_day(today))


def in_threads(number: int, organization_id, run_id) -> None:
    at_once([lambda: services.days.work_on_day(run_id=run_id)] * number, organization_id=organization_id)


def test_workers_side_by_side_see_to_each_client_once(run, in_scope):
    in_threads(3, in_scope.pk, run.pk)
    services.days.work_on_day(run_id=run.pk)
    kinds = Counter(Dispatch.objects.values_list("kind", flat=True))
    assert kinds == {"report": CLIENTS, "reminder": CLIENTS}
    assert Counter(ProcessingJob.objects.values_list("status", "attempt_count")) == {("completed", 1): CLIENTS}
    assert set(Counter(Assignment.objects.values_list("client_id", flat=True)).values()) == {5}
    for kind in ("client_reminder", "client_notification"):
        assert set(Counter(mail["to"] for mail in queued_mails(kind)).values()) == {1}, kind
        assert len(queued_mails(kind)) == CLIENTS, kind
    assert open_run_ids() == []


def test_clients_whom_another_worker_holds_are_left_to_him_and_keep_the_day_open(run, in_scope):
    theirs = list(Client.objects.filter(send_day=run.day.day).values_list("pk", flat=True)[:3])
    with transaction.atomic():
        list(Client.objects.select_for_update(no_key=True).filter(pk__in=theirs))
        in_threads(1, in_scope.pk, run.pk)
        assert Dispatch.objects.filter(kind="report").count() == CLIENTS - 3
        assert open_run_ids() == [run.pk]
    services.days.work_on_day(run_id=run.pk)
    assert Dispatch.objects.filter(kind="report").count() == CLIENTS
    assert open_run_ids() == []


def test_what_another_worker_committed_after_the_list_was_read_is_not_done_again(run, monkeypatch):
    seen_to, not_seen_to = [], reports.not_seen_to

    def look_again(duty, held):
        # Between the list and the lock another worker has dispatched one of them, and his job is over already.
        if not seen_to:
            seen_to.append(held[0].pk)
            Dispatch.objects.create(run=run, client=held[0], kind="report", month=duty.month, due_on=duty.due_on)
        return not_seen_to(duty, held)

    monkeypatch.setattr(reports, "not_seen_to", look_again)
    services.days.work_on_day(run_id=run.pk)
    assert Dispatch.objects.filter(kind="report").count() == CLIENTS
    assert not ProcessingJob.objects.filter(client__in=seen_to).exists()
    assert ProcessingJob.objects.count() == CLIENTS - 1
