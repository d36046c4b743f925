"""A job from its claim to its end, with everything it causes."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

from core import tenancy
from core.actor import Origin, origin_of
from tests.stored import audited, queued_mails
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, ClientStatus, ProcessingJob
from trackimmo.services import jobs, processing

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing_step(monkeypatch):
    """A preparation that raises what the test puts into it."""
    errors = []

    def run(lease, client) -> None:
        jobs.report(lease, step="failing", percent=30)
        if errors:
            raise errors[0]

    monkeypatch.setattr(processing, "prepare", run)
    return errors


def test_a_job_assigns_tells_the_client_and_completes(job, customer, sales):
    with origin_of(Origin(request_id="abc-123")):
        services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.properties_assigned, job.attempt_count, job.error_message) == ("completed", 10, 1, None)
    assert job.progress == {
        "step": "completed",
        "percent": 100,
        "requested": 10,
        "assigned": 10,
        "email_sent": True,
    }
    assert Assignment.objects.filter(client=customer, job=job).count() == 10
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"]) == (customer.email, "client_notification")
    assert mail["subject"] == "10 nouvelles adresses pour vous"
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("execute", "processing_job", str(job.pk))
    assert entry["changes"] == {"status": ["processing", "completed"], "properties_assigned": [0, 10]}


def test_a_job_for_which_all_is_there_takes_ten_queries_and_a_transaction(job, city, sales, settings, counted):
    settings.MIN_PROPERTIES_PER_CITY = len(sales)
    with counted("a job"):
        services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.status == "completed"


def test_running_it_again_does_nothing(job, sales):
    services.run_job(job_id=job.pk)
    services.run_job(job_id=job.pk)
    assert Assignment.objects.count() == 10
    assert len(queued_mails()) == 1


def test_progress_is_written_step_by_step(job, sales, monkeypatch):
    seen = []
    report = jobs.report

    def watch(lease, **progress) -> None:
        seen.append(ProcessingJob.objects.get(pk=job.pk).progress)
        report(lease, **progress)
        seen.append(ProcessingJob.objects.get(pk=job.pk).progress)

    monkeypatch.setattr(jobs, "report", watch)
    monkeypatch.setattr(processing, "prepare", lambda *_: None)
    services.run_job(job_id=job.pk)
    assert seen == [{"step": "checking_client", "percent": 10}, {"step": "assigning", "percent": 60}]


def test_where_too_few_are_left_the_client_gets_those_and_the_cto_a_mail(job, customer, city, settings):
    settings.CTO_EMAIL = "cto@trackimmo.test"
    PropertyFactory.create_batch(3, city=city)
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.properties_assigned) == ("completed", 3)
    assert [(mail["to"], mail["kind"], mail["subject"]) for mail in queued_mails()] == [
        (customer.email, "client_notification", "3 nouvelles adresses pour vous"),
        ("cto@trackimmo.test", "cto_insufficient", "Only 3 of 10 addresses for Marie Durand"),
    ]


def test_a_client_who_has_unsubscribed_is_assigned_sales_without_a_mail_and_the_job_says_so(job, customer, sales):
    customer.unsubscribed_at = timezone.now()
    customer.save(update_fields=["unsubscribed_at"])
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.progress["assigned"], job.progress["email_sent"]) == ("completed", 10, False)
    assert queued_mails() == []


def test_where_none_is_left_only_the_cto_gets_a_mail(job):
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.properties_assigned) == ("completed", 0)
    assert [mail["kind"] for mail in queued_mails()] == ["cto_insufficient"]


def assert_failed_at_once(job, message: str) -> None:
    job.refresh_from_db()
    assert (job.status, job.attempt_count, job.error_message) == ("failed", 1, message)
    assert not Assignment.objects.exists()
    [mail] = queued_mails()
    assert mail["kind"] == "cto_error"
    assert message in mail["text"]
    [entry] = audited()
    assert entry["changes"] == {"status": ["processing", "failed"], "error_message": [None, message]}


@pytest.mark.parametrize("status", [ClientStatus.INACTIVE, ClientStatus.PENDING, ClientStatus.TEST])
def test_a_client_who_is_not_active_any_more_ends_the_job_at_once(job, customer, sales, status):
    customer.status = status
    customer.save(update_fields=["status"])
    services.run_job(job_id=job.pk)
    assert_failed_at_once(job, f"Client {customer.pk} not found or inactive")


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [({"status": ClientStatus.INACTIVE}, "failed", "cto_error"), ({"email": "new@agence.test"}, "completed", None)],
)
def test_what_changed_about_the_client_during_the_steps_counts(job, customer, sales, monkeypatch, change, status, told):
    def edit(lease, client) -> None:
        Client.objects.filter(pk=customer.pk).update(**change)

    monkeypatch.setattr(processing, "prepare", edit)
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.status == status
    [mail] = queued_mails()
    if told:
        assert mail["kind"] == told
        assert not Assignment.objects.exists()
    else:
        assert mail["to"] == "new@agence.test"


def test_a_client_without_cities_ends_the_job_at_once(job, customer, sales):
    customer.chosen_cities.clear()
    services.run_job(job_id=job.pk)
    assert_failed_at_once(job, f"Client {customer.pk} has no chosen cities")


def test_a_client_without_types_ends_the_job_at_once(job, customer, sales):
    customer.property_type_preferences = []
    customer.save(update_fields=["property_type_preferences"])
    services.run_job(job_id=job.pk)
    assert_failed_at_once(job, f"Client {customer.pk} has no property type preferences")


def test_a_passing_error_gives_the_job_another_attempt(job, sales, failing_step, settings):
    settings.JOB_BACKOFF_SECONDS = 3600
    failing_step.append(OperationalError("secret server name"))
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count) == ("pending", 1)
    assert job.error_message == "Unexpected error: OperationalError"
    assert job.available_at - job.updated_at == timedelta(hours=2)
    assert job.progress == {"step": "failing", "percent": 30}
    assert not Assignment.objects.exists()
    assert queued_mails() == audited() == []


def test_the_next_attempt_may_succeed(job, sales, failing_step, settings):
    settings.JOB_BACKOFF_SECONDS = 0
    failing_step.append(OperationalError())
    services.run_job(job_id=job.pk)
    failing_step.clear()
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count, job.error_message, job.properties_assigned) == ("completed", 2, None, 10)


def test_after_the_last_attempt_the_job_fails_and_the_cto_gets_one_mail(job, sales, failing_step, settings):
    settings.JOB_BACKOFF_SECONDS, settings.MAX_JOB_RETRIES = 0, 3
    failing_step.append(OperationalError())
    for _ in range(5):
        services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count, job.error_message) == ("failed", 3, "Unexpected error: OperationalError")
    assert not Assignment.objects.exists()
    [mail] = queued_mails()
    assert (mail["kind"], mail["subject"]) == ("cto_error", "Processing of Marie Durand failed")


def test_a_job_whose_workers_keep_dying_fails_after_the_last_attempt(job, sales, settings):
    settings.MAX_JOB_RETRIES = 3
    for attempt in range(1, 4):
        assert jobs.claim(job_id=job.pk).job.attempt_count == attempt
        ProcessingJob.objects.filter(pk=job.pk).update(lease_expires_at=Now())
    for _ in range(2):
        services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count) == ("failed", 3)
    assert job.error_message == "The worker died during the last of 3 attempts"
    assert not Assignment.objects.exists()
    assert [mail["kind"] for mail in queued_mails()] == ["cto_error"]


def test_who_loses_the_lease_in_the_middle_leaves_nothing_behind(job, sales, monkeypatch):
    """Another worker takes the job over after the last report: the effect is rolled back, the other one's stands."""
    draw = processing.draw_properties

    def slow(**arguments):
        result = draw(**arguments)
        ProcessingJob.objects.filter(pk=job.pk).update(lease_token="00000000-0000-0000-0000-000000000007")
        return result

    monkeypatch.setattr(processing, "draw_properties", slow)
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    # The transaction took the rival's token with it: the job is still this attempt's, and nothing was assigned.
    assert (job.status, job.attempt_count) == ("processing", 1)
    assert not Assignment.objects.exists()
    assert queued_mails() == audited() == []


def test_who_lost_the_lease_before_assigning_assigns_nothing(job, sales, monkeypatch):
    def lose(lease, client) -> None:
        ProcessingJob.objects.filter(pk=job.pk).update(lease_expires_at=Now())
        assert jobs.claim(job_id=job.pk) is not None

    monkeypatch.setattr(processing, "prepare", lose)
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count) == ("processing", 2)
    assert not Assignment.objects.exists()
    assert queued_mails() == audited() == []


def test_jobs_of_two_clients_do_not_mix(city, sales, customer):
    mine, other = JobFactory(client=customer), JobFactory(client=ClientFactory(cities=[CityFactory()]))
    services.run_job(job_id=mine.pk)
    other.refresh_from_db()
    assert other.status == "pending"


@pytest.mark.django_db(transaction=True)
def test_workers_given_the_same_job_assign_once(job, customer, sales):
    """Four workers are handed the same message and begin at once."""
    start = threading.Barrier(4)

    def work() -> None:
        with tenancy.scope(job.organization_id):
            start.wait()
            services.run_job(job_id=job.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job.refresh_from_db()
    assert (job.status, job.attempt_count, job.properties_assigned) == ("completed", 1, 10)
    assert Assignment.objects.filter(client=customer).count() == 10
    assert len(queued_mails()) == 1
