"""What a day does, and what it does not do twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import tenancy
from core.redis import client as redis_client
from tests.stored import audited, queued_mails
from tests.trackimmo.days.daily import (
    ELEVENTH_OF_MAY,
    TENTH,
    TENTH_OF_MAY,
    Worker,
    complete_jobs,
    dispatches,
    in_paris,
    numbered,
)
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo import services
from trackimmo.models import ACTIVE_JOB, Client, DailyRun, Dispatch, ProcessingJob
from trackimmo.services.days import batches, reminders, reports, working

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_the_day_reminds_tomorrow_s_clients_and_opens_a_job_for_today_s(worker, due_today, due_tomorrow, their_client):
    ClientFactory(send_day=12)
    Client.unscoped.filter(pk=their_client.pk).update(send_day=10)
    worker.beat()
    assert dispatches() == [
        ("today@agence.test", "report", TENTH_OF_MAY, TENTH_OF_MAY),
        ("tomorrow@agence.test", "reminder", TENTH_OF_MAY, ELEVENTH_OF_MAY),
    ]
    job = ProcessingJob.objects.get()
    assert (job.client_id, job.kind, job.status, job.requested_count) == (due_today.pk, "process", "pending", 10)
    assert job.request_id == "daily-2027-05-10"
    assert Dispatch.objects.get(kind="report").job_id == job.pk
    assert [mail["to"] for mail in queued_mails("client_reminder")] == ["tomorrow@agence.test"]
    assert DailyRun.objects.get().finished_at is not None
    theirs = Dispatch.unscoped.get(client=their_client)
    assert (theirs.organization_id, theirs.job.organization_id) == (their_client.organization_id,) * 2
    assert ("create", "processing_job", str(job.pk)) in [
        (entry["action"], entry["resource_type"], entry["resource_id"]) for entry in audited()
    ]


def test_a_job_of_the_day_is_done_by_the_worker_who_opened_it(monkeypatch, due_today, sales):
    Worker(monkeypatch).beat()
    job = ProcessingJob.objects.get()
    assert (job.status, job.properties_assigned, job.attempt_count) == ("completed", 10, 1)
    assert due_today.assignments.count() == 10
    assert [mail["to"] for mail in queued_mails("client_notification")] == ["today@agence.test"]


def test_a_second_run_on_the_same_day_does_nothing(worker, due_today, due_tomorrow):
    worker.beat()
    complete_jobs()
    first, mails = dispatches(), queued_mails()
    worker.beat()
    services.days.run_day(date(2027, 5, 10))
    assert (dispatches(), queued_mails()) == (first, mails)
    assert ProcessingJob.objects.count() == 1
    assert DailyRun.objects.get().finished_at is not None


def test_reports_come_after_the_reminders_in_batches_that_follow_each_other(worker, city, monkeypatch):
    monkeypatch.setattr(reports, "BATCH_SIZE", 3)
    monkeypatch.setattr(reminders, "BATCH_SIZE", 2)
    numbered(7, ClientFactory, send_day=10, cities=[city])
    for number in range(5):
        ClientFactory(email=f"reminded{number}@agence.test", send_day=11, cities=[city])
    worker.beat()
    assert [email for email, *_ in dispatches("report")] == [f"client{number:03}@agence.test" for number in range(7)]
    assert len(dispatches("reminder")) == len(queued_mails("client_reminder")) == 5
    assert DailyRun.objects.get().finished_at is not None


def test_a_crash_half_way_through_the_reminders_loses_and_repeats_nothing(worker, city, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH_SIZE", 2)
    clients = numbered(5, ClientFactory, send_day=11, cities=[city])
    ClientFactory(email="today@agence.test", send_day=10)
    queue, queued = reminders.notification.queue_reminder, []

    class Killed(BaseException):
        """The process ends here: nothing catches it."""

    def queue_three(**options):
        if len(queued) == 3:
            raise Killed
        queued.append(queue(**options))

    monkeypatch.setattr(reminders.notification, "queue_reminder", queue_three)
    with pytest.raises(Killed):
        worker.beat()
    # The batch that it died in left nothing.
    assert len(dispatches("reminder")) == len(queued_mails("client_reminder")) == 2
    assert DailyRun.objects.get().finished_at is None
    assert not ProcessingJob.objects.exists()
    monkeypatch.setattr(reminders.notification, "queue_reminder", queue)
    redis_client().flushdb()
    worker.beat()
    assert len(dispatches("reminder")) == 5
    assert sorted(mail["to"] for mail in queued_mails("client_reminder")) == [client.email for client in clients]
    assert len(dispatches("report")) == 1
    assert DailyRun.objects.get().finished_at is not None


def test_what_is_wrong_with_one_client_costs_nobody_else_his_reminder_or_report(worker, city, due_today, monkeypatch):
    clients = numbered(9, ClientFactory, send_day=11, cities=[city])
    queue = reminders.notification.queue_reminder

    def stumble(*, client, due_on):
        if client == clients[1]:
            raise ZeroDivisionError
        return queue(client=client, due_on=due_on)

    monkeypatch.setattr(reminders, "BATCH_SIZE", 3)
    monkeypatch.setattr(reminders.notification, "queue_reminder", stumble)
    worker.beat()
    others = [client.email for client in clients if client != clients[1]]
    assert sorted(mail["to"] for mail in queued_mails("client_reminder")) == others
    assert [email for email, *_ in dispatches("reminder")] == others
    assert [email for email, *_ in dispatches("report")] == ["today@agence.test"]
    # Somebody may repair it until tomorrow.
    assert DailyRun.objects.get().finished_at is None
    monkeypatch.setattr(reminders.notification, "queue_reminder", queue)
    worker.beat()
    assert len(queued_mails("client_reminder")) == 9
    assert DailyRun.objects.get().finished_at is not None


def test_an_address_that_takes_no_mail_does_not_keep_the_day_open(worker, due_tomorrow):
    Client.objects.filter(pk=due_tomorrow.pk).update(email="nobody")
    worker.beat()
    assert len(dispatches("reminder")) == 1
    assert queued_mails() == []
    assert DailyRun.objects.get().finished_at is not None


def test_the_report_of_a_client_with_an_active_job_waits_for_its_end_and_comes_once(worker, due_today, clock):
    JobFactory(client=due_today, kind="add_addresses", available_at=datetime.now(UTC) + timedelta(hours=4))
    worker.beat()
    assert dispatches() == []
    assert DailyRun.objects.get().finished_at is None
    clock.shift(timedelta(days=1))
    worker.beat()
    assert dispatches() == []
    complete_jobs()
    for _ in range(2):
        worker.beat()
    assert dispatches() == [("today@agence.test", "report", TENTH_OF_MAY, TENTH_OF_MAY)]
    assert ProcessingJob.objects.filter(ACTIVE_JOB).get().kind == "process"
    assert ProcessingJob.objects.count() == 2
    assert not DailyRun.objects.filter(finished_at=None).exists()


def test_a_job_that_is_asked_for_in_the_same_moment_makes_the_report_wait(worker, due_today, monkeypatch):
    hold = batches.hold_clients

    def and_somebody_asks(*arguments, **options):
        held = hold(*arguments, **options)
        JobFactory(client=due_today)
        return held

    monkeypatch.setattr(reports, "hold_clients", and_somebody_asks)
    worker.beat()
    monkeypatch.setattr(reports, "hold_clients", hold)
    assert (dispatches(), ProcessingJob.objects.count()) == ([], 1)
    assert DailyRun.objects.get().finished_at is None
    complete_jobs()
    worker.beat()
    assert len(dispatches("report")) == 1


def test_whoever_has_unsubscribed_or_is_not_active_gets_nothing(worker, city):
    for number, send_day in enumerate((10, 11)):
        ClientFactory(send_day=send_day, cities=[city], unsubscribed_at=TENTH, email=f"gone{number}@agence.test")
        for status in ("inactive", "test", "pending"):
            ClientFactory(send_day=send_day, cities=[city], status=status)
    worker.beat()
    assert (dispatches(), queued_mails(), ProcessingJob.objects.count()) == ([], [], 0)
    assert DailyRun.objects.get().finished_at is not None


@pytest.mark.parametrize("change", [{"status": "inactive"}, {"unsubscribed_at": TENTH}])
def test_a_client_who_leaves_between_reminder_and_report_gets_no_report(worker, due_tomorrow, clock, change):
    worker.beat()
    assert [kind for _, kind, *_ in dispatches()] == ["reminder"]
    Client.objects.filter(pk=due_tomorrow.pk).update(**change)
    clock.shift(timedelta(days=1))
    worker.beat()
    assert [kind for _, kind, *_ in dispatches()] == ["reminder"]
    assert not ProcessingJob.objects.exists()


def test_a_send_day_that_changes_after_the_report_brings_no_second_one_in_that_month(worker, due_today, clock):
    worker.beat()
    complete_jobs()
    Client.objects.filter(pk=due_today.pk).update(send_day=20)
    for day in range(11, 32):
        clock.move_to(in_paris(date(2027, 5, day)))
        worker.beat()
    assert dispatches() == [("today@agence.test", "report", TENTH_OF_MAY, TENTH_OF_MAY)]
    for day in (19, 20):
        clock.move_to(in_paris(date(2027, 6, day)))
        worker.beat()
    assert dispatches()[1:] == [
        ("today@agence.test", "reminder", "2027-06-19", "2027-06-20"),
        ("today@agence.test", "report", "2027-06-20", "2027-06-20"),
    ]


def test_one_message_waits_for_a_worker_however_often_somebody_looks(worker, due_today):
    with tenancy.no_scope():
        for _ in range(3):
            services.days.look_for_days()
    assert len(worker.asked) == 1
    worker.work()
    assert len(dispatches("report")) == 1


def test_when_the_time_is_up_the_rest_is_left_to_others(worker, city, monkeypatch):
    numbered(3, ClientFactory, send_day=10, cities=[city])
    monkeypatch.setattr(working, "WORK_SECONDS", -1)
    asked = []
    monkeypatch.setattr(working, "Wake", lambda _, job_ids: lambda: asked.extend(job_ids))
    worker.beat()
    assert set(asked) == set(ProcessingJob.objects.values_list("pk", flat=True))
    assert len(dispatches("report")) == 3


def test_looking_is_one_query_when_there_is_nothing_to_do(worker, django_assert_num_queries, due_today):
    worker.beat()
    with tenancy.no_scope(), django_assert_num_queries(1):
        assert services.days.look_for_days() == 0
