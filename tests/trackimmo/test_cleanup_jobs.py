"""POST /api/cleanup-jobs, DELETE /admin/jobs/cleanup, and the daily task: ended jobs are forgotten, nothing else is."""

import threading
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import tenancy
from tests.stored import audited
from tests.trackimmo.factories import ClientFactory, JobFactory, PropertyFactory
from trackimmo import tasks
from trackimmo.models import Assignment, ProcessingJob
from trackimmo.selectors.ended_jobs import ended_jobs
from trackimmo.services import cleanup

pytestmark = pytest.mark.django_db

CLEANUP = "/api/cleanup-jobs"
ADMIN_CLEANUP = "/admin/jobs/cleanup"


def ended(days: float, *, status: str = "completed", **fields) -> ProcessingJob:
    """A job that ended so many days ago."""
    return JobFactory(status=status, finished_at=timezone.now() - timedelta(days=days), **fields)


def left() -> set:
    return set(ProcessingJob.objects.values_list("pk", flat=True))


@pytest.fixture
def jobs(in_scope) -> dict[str, ProcessingJob]:
    """A job that ended last month, one that ended this month, one this week, and two that have not ended."""
    return {
        "last month": ended(31, status="failed"),
        "this month": ended(8),
        "this week": ended(6.9),
        "waiting": JobFactory(created_at=timezone.now() - timedelta(days=100)),
        "waiting again": JobFactory(created_at=timezone.now() - timedelta(days=100), attempt_count=2),
    }


def test_jobs_that_ended_more_than_a_week_ago_are_cleaned(program, jobs):
    answer = program.post(CLEANUP)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "cleaned_jobs": 2, "message": "Cleaned 2 jobs older than 7 days"}
    assert left() == {jobs[name].pk for name in ("this week", "waiting", "waiting again")}


def test_an_administrator_cleans_what_is_older_than_a_month(operator, jobs):
    answer = operator.delete(ADMIN_CLEANUP)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "deleted_jobs": 1, "message": "Deleted 1 jobs older than 30 days"}
    assert left() == {jobs[name].pk for name in ("this month", "this week", "waiting", "waiting again")}


def test_a_week_is_a_setting(program, jobs, settings):
    settings.JOB_CLEANUP_DAYS = 30
    assert program.post(CLEANUP).json()["message"] == "Cleaned 1 jobs older than 30 days"


def clean(request, path: str, query: str = ""):
    if path == CLEANUP:
        return request.getfixturevalue("program").post(path + query)
    return request.getfixturevalue("operator").delete(path + query)


@pytest.mark.parametrize("path", [CLEANUP, ADMIN_CLEANUP])
@pytest.mark.parametrize(("days", "cleaned"), [(0, 3), (8, 1), (31, 0), (36_500, 0)])
def test_the_days_may_be_told(request, jobs, path, days, cleaned):
    jobs["this month"].finished_at = timezone.now() - timedelta(days=7.9)
    jobs["this month"].save(update_fields=["finished_at"])
    jobs["last month"].finished_at = timezone.now() - timedelta(days=30.9)
    jobs["last month"].save(update_fields=["finished_at"])
    body = clean(request, path, f"?older_than_days={days}").json()
    assert body.get("cleaned_jobs", body.get("deleted_jobs")) == cleaned
    assert body["message"].endswith(f" {cleaned} jobs older than {days} days")
    assert len(left()) == 5 - cleaned


def test_what_a_job_assigned_stays(program, customer, city):
    job = ended(8, client=customer)
    sale = PropertyFactory(city=city)
    given = Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key, job=job)
    assert program.post(CLEANUP).json()["cleaned_jobs"] == 1
    given.refresh_from_db()
    assert (given.client, given.property, given.job) == (customer, sale, None)


def test_batches_are_bounded_and_one_entry_is_audited(program, in_scope, monkeypatch):
    monkeypatch.setattr(cleanup, "BATCH", 2)
    for _ in range(5):
        ended(8)
    assert program.post(CLEANUP).json()["cleaned_jobs"] == 5
    assert left() == set()
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("delete", "ended_jobs")
    assert entry["resource_id"] == str(in_scope.pk)
    assert entry["changes"] == {"older_than_days": [None, 7], "jobs": [5, 0]}
    assert entry["key_id"] == "environment:API_KEY"


def test_no_batch_is_begun_after_ten_seconds_and_those_that_ended_first_go_first(program, in_scope, monkeypatch):
    monkeypatch.setattr(cleanup, "BATCH", 2)
    ticks = iter([0, 9.9, 10])
    monkeypatch.setattr(cleanup, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    youngest = [ended(8 + day).pk for day in range(6)][:2]
    assert program.post(CLEANUP).json()["cleaned_jobs"] == 4
    assert left() == set(youngest)


def test_a_batch_is_read_from_the_beginning_of_an_index_however_many_jobs_there_are(jobs):
    with connection.cursor() as cursor:
        # Of five rows PostgreSQL would read the table.
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = ended_jobs(older_than_days=7).order_by("finished_at")[:500].explain()
    assert "Index Scan using job_ended" in plan
    assert "Sort" not in plan


def test_where_there_is_nothing_to_clean_nothing_is_audited(program, in_scope, counted):
    program.post(CLEANUP)
    with counted("POST /api/cleanup-jobs (nothing)"):
        assert program.post(CLEANUP).json()["message"] == "Cleaned 0 jobs older than 7 days"
    assert audited() == []


@pytest.mark.parametrize("number", [1, 5])
def test_the_number_of_queries_does_not_grow(request, in_scope, counted, number):
    clean(request, CLEANUP)
    clean(request, ADMIN_CLEANUP)
    for path, endpoint in ((CLEANUP, "POST /api/cleanup-jobs"), (ADMIN_CLEANUP, "DELETE /admin/jobs/cleanup")):
        for _ in range(number):
            ended(40)
        with counted(endpoint):
            assert clean(request, path).status_code == 200
    assert left() == set()


@pytest.mark.parametrize("path", [CLEANUP, ADMIN_CLEANUP])
def test_jobs_of_another_organization_stay(request, in_scope, their_client, theirs, path):
    with tenancy.scope(theirs.organization.pk):
        foreign = ended(100, client=their_client)
    body = clean(request, path).json()
    assert body.get("cleaned_jobs", body.get("deleted_jobs")) == 0
    assert ProcessingJob.unscoped.get() == foreign


@pytest.mark.parametrize("path", [CLEANUP, ADMIN_CLEANUP])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?older_than_days=-1", "older_than_days"),
        ("?older_than_days=36501", "older_than_days"),
        ("?older_than_days=week", "older_than_days"),
        ("?older_than_days=1.5", "older_than_days"),
        ("?older_than_days=", "older_than_days"),
        ("?older_than_days=1&older_than_days=2", "older_than_days"),
        ("?days=1", "days"),
    ],
)
def test_a_bad_parameter_is_400_and_nothing_is_cleaned(request, jobs, path, query, field):
    answer = clean(request, path, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert len(left()) == 5


def test_days_in_the_body_are_not_passed_over(program, operator, jobs):
    """Who meant a hundred days must not lose what is older than a week."""
    for answer in (
        program.post(CLEANUP, {"older_than_days": 100}, format="json"),
        operator.delete(ADMIN_CLEANUP, {"older_than_days": 100}, format="json"),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"] == {"older_than_days": ["Unknown field."]}
    assert len(left()) == 5


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_a_body_may_be_missing_whatever_its_type(program, jobs, content_type):
    assert program.post(CLEANUP, b"", content_type=content_type).json()["cleaned_jobs"] == 2


def test_each_needs_its_own_key(http, program, operator, jobs):
    for answer in (
        http.post(CLEANUP),
        operator.post(CLEANUP),
        http.delete(ADMIN_CLEANUP),
        program.delete(ADMIN_CLEANUP),
    ):
        assert answer.status_code == 401
    assert len(left()) == 5


@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_cleanup_holds_is_not_waited_for(in_scope):
    held, _free = ended(9), ended(8)
    results = []

    def clean_elsewhere() -> None:
        with closing(connection), tenancy.scope(in_scope.pk):
            results.append(cleanup.delete_ended_jobs(older_than_days=7))

    with transaction.atomic():
        ProcessingJob.objects.select_for_update().get(pk=held.pk)
        other = threading.Thread(target=clean_elsewhere)
        other.start()
        other.join(timeout=5)
        assert results == [1]
    assert left() == {held.pk}


def test_the_daily_task_cleans_every_organization(jobs, their_client, theirs, settings):
    settings.JOB_CLEANUP_DAYS = 30
    with tenancy.scope(theirs.organization.pk):
        foreign = [ended(31, client=their_client), ended(29, client=their_client)]
    with tenancy.no_scope():
        tasks.delete_old_jobs()
    assert left() == {job.pk for name, job in jobs.items() if name != "last month"}
    with tenancy.scope(theirs.organization.pk):
        assert left() == {foreign[1].pk}
        [entry] = audited()
    assert entry["changes"] == {"older_than_days": [None, 30], "jobs": [1, 0]}
    assert (entry["user_id"], entry["key_id"]) == (None, None)


def test_the_daily_task_stops_after_half_a_minute(in_scope, their_client, theirs, monkeypatch):
    ended(100, client=ClientFactory())
    with tenancy.scope(theirs.organization.pk):
        ended(100, client=their_client)
    ticks = iter([0, 29, 29, 30])
    monkeypatch.setattr(cleanup, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    assert cleanup.delete_old_jobs() == 1
    assert ProcessingJob.unscoped.count() == 1
