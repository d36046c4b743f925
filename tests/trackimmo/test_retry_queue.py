"""POST /api/process-retry-queue: what waits for another attempt is given it now."""

import threading
import uuid
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

from core import tenancy
from tests.stored import audited, queued_mails
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo.models import Assignment, ProcessingJob
from trackimmo.services import jobs, processing, retries

pytestmark = pytest.mark.django_db

PATH = "/api/process-retry-queue"


@pytest.fixture
def waiting(city, sales):
    """Make a job of a client of its own that waits for another attempt, for hours more unless told."""

    def make(*, hours: float = 4, **fields) -> ProcessingJob:
        defaults = {"attempt_count": 1, "requested_count": 3, "error_message": "Unexpected error: OperationalError"}
        return JobFactory(
            client=ClientFactory(cities=[city]),
            available_at=timezone.now() + timedelta(hours=hours),
            **{**defaults, **fields},
        )

    return make


@pytest.fixture
def failing(monkeypatch) -> set:
    """Jobs whose every attempt fails."""
    failing, prepare = set(), processing.prepare

    def fail(lease, client) -> None:
        if lease.job.pk in failing:
            raise OperationalError
        prepare(lease, client)

    monkeypatch.setattr(processing, "prepare", fail)
    return failing


def fresh(job) -> ProcessingJob:
    return ProcessingJob.unscoped.get(pk=job.pk)


def state(job) -> tuple[str, int]:
    job = fresh(job)
    return job.status, job.attempt_count


def test_jobs_that_wait_for_another_attempt_get_it(program, waiting, failing):
    well = [waiting(hours=hours) for hours in (4, 0, -1)]
    badly = waiting(attempt_count=2)
    failing.add(badly.pk)
    answer = program.post(PATH)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "processed": 4,
        "failed": 1,
        "message": "Processed 4 jobs, 1 failed",
    }
    assert [state(job) for job in well] == [("completed", 2)] * 3
    assert state(badly) == ("failed", 3)
    assert Assignment.objects.count() == 9
    assert sorted(mail["kind"] for mail in queued_mails()) == [*["client_notification"] * 3, "cto_error"]


def test_an_attempt_that_fails_again_backs_off_again(program, waiting, failing, settings):
    settings.JOB_BACKOFF_SECONDS = 3600
    job = waiting()
    failing.add(job.pk)
    assert program.post(PATH).json()["message"] == "Processed 1 jobs, 1 failed"
    assert state(job) == ("pending", 2)
    job = fresh(job)
    assert job.available_at - job.updated_at == timedelta(hours=4)


@pytest.mark.parametrize(
    "fields",
    [
        {"attempt_count": 0},
        {"status": "completed"},
        {"status": "failed", "attempt_count": 3},
        {"status": "processing", "lease_token": uuid.uuid4(), "lease_expires_at": timezone.now() + timedelta(days=1)},
    ],
    ids=["first attempt", "completed", "failed", "held"],
)
def test_no_other_job_is_touched(program, waiting, fields):
    job = waiting(**fields)
    before = fresh(job)
    assert program.post(PATH).json() == {
        "success": True,
        "processed": 0,
        "failed": 0,
        "message": "Processed 0 jobs, 0 failed",
    }
    assert vars(fresh(job)) | {"_state": None} == vars(before) | {"_state": None}
    assert not Assignment.objects.exists()
    assert queued_mails() == audited() == []


def test_those_that_have_waited_longest_come_first(program, waiting, monkeypatch):
    now = timezone.now()
    made = [
        waiting(hours=hours, updated_at=now - timedelta(hours=waited)) for hours, waited in ((1, 1), (2, 3), (3, 2))
    ]
    order, run_job = [], retries.run_job
    monkeypatch.setattr(retries, "run_job", lambda *, job_id: (order.append(job_id), run_job(job_id=job_id))[1])
    program.post(PATH)
    assert order == [made[1].pk, made[2].pk, made[0].pk]


def test_none_is_begun_after_ten_seconds_and_workers_find_the_rest_due(program, waiting, monkeypatch):
    made = [waiting(updated_at=timezone.now() - timedelta(hours=hours)) for hours in (3, 2, 1)]
    ticks = iter([0, 0, 9.9, 10])
    monkeypatch.setattr(retries, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    assert program.post(PATH).json()["message"] == "Processed 2 jobs, 0 failed"
    assert [state(job) for job in made] == [("completed", 2), ("completed", 2), ("pending", 1)]
    assert ProcessingJob.objects.get(available_at__lte=Now(), status="pending") == made[2]


def test_a_job_that_is_due_already_keeps_its_place_in_the_line(program, waiting, monkeypatch):
    job = waiting(hours=-3)
    monkeypatch.setattr(retries, "run_job", lambda **_: False)
    assert program.post(PATH).json()["processed"] == 0
    assert fresh(job).available_at == job.available_at


def test_a_job_that_a_worker_takes_first_is_not_counted(program, waiting, monkeypatch):
    mine, taken = waiting(updated_at=timezone.now() - timedelta(hours=1)), waiting()
    run_job = retries.run_job

    def run_late(*, job_id) -> bool:
        jobs.claim(job_id=taken.pk)
        return run_job(job_id=job_id)

    monkeypatch.setattr(retries, "run_job", run_late)
    assert program.post(PATH).json()["message"] == "Processed 1 jobs, 0 failed"
    assert (state(mine), state(taken)) == (("completed", 2), ("processing", 2))


def test_it_is_audited_once_and_each_end_for_itself(program, waiting, in_scope):
    made = {str(waiting().pk) for _ in range(2)}
    program.post(PATH)
    queue, *ends = audited()
    assert (queue["action"], queue["resource_type"]) == ("execute", "retry_queue")
    assert queue["resource_id"] == str(in_scope.pk)
    assert queue["changes"] == {"jobs_made_due": [None, 2]}
    assert {entry["resource_id"] for entry in ends} == made
    assert {entry["key_id"] for entry in (queue, *ends)} == {"environment:API_KEY"}


def test_what_it_asks_of_the_database_for_a_job(program, waiting, counted):
    program.post(PATH)
    waiting()
    with counted("POST /api/process-retry-queue"):
        assert program.post(PATH).json()["processed"] == 1


def test_what_it_asks_of_the_database_when_nothing_waits(program, customer, counted):
    program.post(PATH)
    with counted("POST /api/process-retry-queue (nothing)"):
        assert program.post(PATH).json()["processed"] == 0


def test_jobs_of_another_organization_stay(program, in_scope, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = JobFactory(client=their_client, attempt_count=1)
    assert program.post(PATH).json()["processed"] == 0
    assert state(foreign) == ("pending", 1)


def test_a_parameter_is_400(program, waiting):
    job = waiting()
    answer = program.post(f"{PATH}?limit=5")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["limit"]
    assert state(job) == ("pending", 1)


@pytest.mark.parametrize("caller", ["http", "operator"])
def test_without_a_key_it_is_401(caller, waiting, request):
    job = waiting()
    assert request.getfixturevalue(caller).post(PATH).status_code == 401
    assert state(job) == ("pending", 1)


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_calls_each_job_is_attempted_once(waiting, in_scope):
    made = [waiting() for _ in range(6)]
    start, results = threading.Barrier(3), []

    def call() -> None:
        with closing(connection), tenancy.scope(in_scope.pk):
            start.wait()
            results.append(retries.process_retry_queue())

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.processed for result in results) == 6
    assert sum(result.failed for result in results) == 0
    assert [state(job) for job in made] == [("completed", 2)] * 6
    assert Assignment.objects.count() == 18
