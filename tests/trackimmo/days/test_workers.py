"""A day in the hands of real workers, one of whom is killed in the middle of it."""

from collections import Counter

import pytest

from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests.stored import queued_mails
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory
from trackimmo.models import Assignment, DailyRun, Dispatch, ProcessingJob
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.days import opening

CLIENTS = 60


@pytest.mark.django_db(transaction=True)
def test_a_day_whose_worker_is_killed_is_finished_by_the_next_one_once_for_each_client(
    in_scope, monkeypatch, start_worker, start_beat
):
    monkeypatch.setenv("JOB_LEASE_SECONDS", "2")
    monkeypatch.setenv("MAX_JOB_RETRIES", "50")
    today, city = today_in_paris(), CityFactory()
    PropertyFactory.create_batch(20, city=city)
    for number in range(CLIENTS):
        email = f"client{number}@agence.test"
        ClientFactory(send_day=today.day, cities=[city], addresses_per_report=5, email=email)

    def completed() -> int:
        return ProcessingJob.objects.filter(status="completed").count()

    start_beat()  # which has seen to today already
    opening.order_day(today)
    worker = start_worker()
    eventually(lambda: completed() >= 5, seconds=30)
    worker.kill()
    start_worker()
    eventually(lambda: completed() >= CLIENTS, seconds=60)
    eventually(lambda: DailyRun.objects.get(day=today).finished_at, seconds=30)
    eventually(lambda: not OutboxEvent.objects.filter(delivered_at=None).exists(), seconds=60)
    assert ProcessingJob.objects.count() == Dispatch.objects.filter(kind="report").count() == CLIENTS
    assert Counter(Assignment.objects.values_list("client_id", flat=True).order_by()).most_common(1)[0][1] == 5
    assert Assignment.objects.count() == 5 * CLIENTS
    mails = Counter(mail["to"] for mail in queued_mails("client_notification"))
    assert (len(mails), set(mails.values())) == (CLIENTS, {1})
