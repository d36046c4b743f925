"""An ordinary year and a leap year, day by day as beat does them, with clients for every send day."""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine

from core.outbox.models import OutboxEvent
from tests.trackimmo.days.daily import Worker, complete_jobs, in_paris
from tests.trackimmo.factories import CityFactory, ClientFactory
from trackimmo.models import DailyRun, Dispatch, ProcessingJob
from trackimmo.services.days import working

pytestmark = pytest.mark.django_db


def wanted(send_day: int, year: int) -> set[tuple[str, date, date]]:
    """(kind, the day it comes, the day of the report) of one client, from what the document says."""
    reports = [date(year, month, min(send_day, monthrange(year, month)[1])) for month in range(1, 13)]
    return {("report", day, day) for day in reports} | {("reminder", day - timedelta(days=1), day) for day in reports}


@pytest.mark.parametrize("year", [2027, 2028])
def test_each_client_gets_one_reminder_and_one_report_a_month_on_the_right_days(in_scope, monkeypatch, year):
    # The reminder of the first of January goes out the day before.
    first, last = date(year - 1, 12, 31), date(year, 12, 31)
    monkeypatch.setattr(working, "run_job", complete_jobs)
    city = CityFactory()
    clients = {send_day: ClientFactory(cities=[city], send_day=send_day) for send_day in range(1, 32)}
    for send_day in (1, 15, 28, 31):
        ClientFactory(cities=[city], send_day=send_day, status="inactive")
        ClientFactory(cities=[city], send_day=send_day, unsubscribed_at=in_paris("2026-01-01"))
    worker = Worker(monkeypatch)
    day = first
    while day <= last:
        with time_machine.travel(in_paris(day), tick=False):
            worker.beat()
        day += timedelta(days=1)

    assert not DailyRun.unscoped.filter(finished_at=None).exists()
    assert list(DailyRun.objects.order_by("day").values_list("day", flat=True)) == [
        first + timedelta(days=number) for number in range((last - first).days + 1)
    ]
    got = [
        (client_id, (kind, day, due_on))
        for client_id, kind, day, due_on in Dispatch.objects.values_list("client_id", "kind", "run__day", "due_on")
        if due_on.year == year
    ]
    assert len(got) == len(set(got)) == 31 * 12 * 2
    for send_day, client in clients.items():
        assert {what for client_id, what in got if client_id == client.pk} == wanted(send_day, year), send_day

    # A job for each report, and a mail for each reminder.
    reports, reminders = (Dispatch.objects.filter(kind=kind) for kind in ("report", "reminder"))
    assert ProcessingJob.objects.filter(dispatches__in=reports).distinct().count() == reports.count()
    assert ProcessingJob.objects.count() == reports.count()
    mails = OutboxEvent.objects.filter(topic="mail.send", payload__kind="client_reminder")
    assert Counter(mails.values_list("payload__to", flat=True)) == Counter(
        reminders.values_list("client__email", flat=True)
    )
