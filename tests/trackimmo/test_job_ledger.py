"""Who holds which job, and until when: claims, leases, tokens."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from core import tenancy
from tests.trackimmo.factories import JobFactory
from trackimmo.errors import LeaseLost
from trackimmo.models import JobKind, JobStatus, ProcessingJob
from trackimmo.services import jobs

pytestmark = pytest.mark.django_db


def change(job, **columns) -> None:
    ProcessingJob.objects.filter(pk=job.pk).update(**columns)


def expire(job) -> None:
    """As if the worker had been silent for too long."""
    change(job, lease_expires_at=Now() - timedelta(seconds=1))


def test_a_claim_counts_the_attempt_and_leases_the_job(job, settings):
    settings.JOB_LEASE_SECONDS = 120
    lease = jobs.claim(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count, job.lease_token) == ("processing", 1, lease.token)
    assert timedelta(seconds=119) < job.lease_expires_at - job.updated_at <= timedelta(seconds=120)
    assert lease.job == job
    assert job.progress == {"step": "checking_client", "percent": 10}


def test_a_claim_is_one_query(job, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert jobs.claim(job_id=job.pk) is not None


def test_a_new_job_is_due_at_once_whatever_the_callers_clock_says(customer):
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        job, _ = jobs.open_job(client=customer, kind=JobKind.PROCESS, requested_count=10)
    assert jobs.claim(job_id=job.pk) is not None
    assert job.available_at == job.created_at == job.updated_at < timezone.now()


def test_a_held_job_cannot_be_claimed(job):
    held = jobs.claim(job_id=job.pk)
    assert jobs.claim(job_id=job.pk) is None
    job.refresh_from_db()
    assert (job.attempt_count, job.lease_token) == (1, held.token)


def test_a_job_that_is_not_due_cannot_be_claimed(job):
    change(job, available_at=Now() + timedelta(hours=1))
    assert jobs.claim(job_id=job.pk) is None
    job.refresh_from_db()
    assert (job.status, job.attempt_count) == ("pending", 0)


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED])
def test_a_job_that_has_ended_cannot_be_claimed(job, status):
    change(job, status=status)
    assert jobs.claim(job_id=job.pk) is None


def test_a_job_of_another_organization_cannot_be_claimed(job, theirs):
    with tenancy.scope(theirs.organization.pk):
        assert jobs.claim(job_id=job.pk) is None


def test_a_job_whose_lease_ran_out_is_taken_over(job):
    first = jobs.claim(job_id=job.pk)
    expire(job)
    second = jobs.claim(job_id=job.pk)
    job.refresh_from_db()
    assert (job.attempt_count, job.lease_token) == (2, second.token)
    assert first.token != second.token


def test_who_lost_the_lease_changes_nothing(job):
    lost = jobs.claim(job_id=job.pk)
    expire(job)
    jobs.claim(job_id=job.pk)
    before = ProcessingJob.objects.values().get(pk=job.pk)
    for attempt in (
        lambda: jobs.report(lost, step="assigning", percent=60),
        lambda: jobs.complete(lost, properties_assigned=3, is_notified=True),
        lambda: jobs.postpone(lost, error_message="late"),
        lambda: jobs.fail(lost, error_message="late"),
    ):
        with transaction.atomic(), pytest.raises(LeaseLost):
            attempt()
    assert ProcessingJob.objects.values().get(pk=job.pk) == before


def test_a_job_without_attempts_left_is_only_taken_to_be_ended(job, settings):
    settings.MAX_JOB_RETRIES = 3
    change(job, attempt_count=3)
    lease = jobs.claim(job_id=job.pk)
    job.refresh_from_db()
    assert lease.is_hopeless
    assert (job.attempt_count, job.lease_token) == (3, lease.token)


def test_a_job_with_attempts_left_is_not_hopeless(job):
    assert not jobs.claim(job_id=job.pk).is_hopeless


def test_a_report_says_how_far_it_is_and_extends_the_lease(job):
    lease = jobs.claim(job_id=job.pk)
    expire(job)
    jobs.report(lease, step="assigning", percent=60, cities=2)
    job.refresh_from_db()
    assert job.progress == {"step": "assigning", "percent": 60, "cities": 2}
    assert job.lease_expires_at > job.updated_at
    assert jobs.claim(job_id=job.pk) is None


def test_completing_lets_go_and_clears_the_error(job):
    change(job, error_message="the first attempt's")
    jobs.complete(jobs.claim(job_id=job.pk), properties_assigned=8, is_notified=True)
    job.refresh_from_db()
    assert (job.status, job.properties_assigned, job.error_message) == ("completed", 8, None)
    assert job.progress == {
        "step": "completed",
        "percent": 100,
        "requested": 10,
        "assigned": 8,
        "email_sent": True,
    }
    assert (job.lease_token, job.lease_expires_at) == (None, None)
    assert job.finished_at == job.updated_at


@pytest.mark.parametrize(("attempts_before", "hours"), [(0, 2), (1, 4)])
def test_postponing_waits_two_to_the_attempts_hours(job, settings, attempts_before, hours):
    settings.JOB_BACKOFF_SECONDS = 3600
    change(job, attempt_count=attempts_before)
    jobs.postpone(jobs.claim(job_id=job.pk), error_message="no luck")
    job.refresh_from_db()
    assert (job.status, job.error_message, job.lease_token) == ("pending", "no luck", None)
    assert job.available_at - job.updated_at == timedelta(hours=hours)


def test_failing_lets_go(job):
    jobs.fail(jobs.claim(job_id=job.pk), error_message="hopeless")
    job.refresh_from_db()
    assert (job.status, job.error_message, job.lease_token) == ("failed", "hopeless", None)
    assert job.finished_at is not None


def test_the_database_knows_one_active_job_per_client(job):
    with transaction.atomic(), pytest.raises(IntegrityError, match="job_one_active_per_client"):
        JobFactory(client=job.client)


def test_the_database_knows_that_a_job_in_work_is_leased(job):
    with transaction.atomic(), pytest.raises(IntegrityError, match="job_leased_exactly_while_processing"):
        change(job, status=JobStatus.PROCESSING)
    with transaction.atomic(), pytest.raises(IntegrityError, match="job_leased_exactly_while_processing"):
        change(job, lease_token=uuid4())


@pytest.mark.django_db(transaction=True)
def test_of_many_simultaneous_claims_one_succeeds(job):
    leases = []
    start = threading.Barrier(8)

    def claim() -> None:
        with tenancy.scope(job.organization_id):
            start.wait()
            leases.append(jobs.claim(job_id=job.pk))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in leases if lease]) == 1
    job.refresh_from_db()
    assert job.attempt_count == 1
