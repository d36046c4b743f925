"""GET /admin/jobs."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from core import tenancy
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo.models import ProcessingJob

pytestmark = pytest.mark.django_db

PATH = "/admin/jobs"
START = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


@pytest.fixture
def five(in_scope) -> list[ProcessingJob]:
    """Five jobs, the newest first."""
    jobs = [JobFactory(status="completed", created_at=START + timedelta(days=day)) for day in range(5)]
    return jobs[::-1]


def listed(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["job_id"] for row in answer.json()]


def test_it_lists_jobs_with_their_clients(operator, in_scope):
    client = ClientFactory(first_name="John", last_name="Doe", email="john@example.com")
    job = JobFactory(
        client=client,
        status="completed",
        attempt_count=1,
        properties_assigned=8,
        created_at=START,
        updated_at=START + timedelta(minutes=5),
    )
    answer = operator.get(PATH)
    assert answer.status_code == 200
    assert answer["X-Total-Count"] == "1"
    assert answer.json() == [
        {
            "job_id": str(job.pk),
            "client_id": str(client.pk),
            "status": "completed",
            "attempt_count": 1,
            "created_at": "2024-01-15T10:30:00Z",
            "updated_at": "2024-01-15T10:35:00Z",
            "clients": {"first_name": "John", "last_name": "Doe", "email": "john@example.com"},
            "kind": "process",
            "properties_assigned": 8,
            "error_message": None,
            "next_attempt_at": None,
        }
    ]


def test_a_job_that_waits_for_another_attempt_tells_when_and_why(operator, in_scope):
    at = {"available_at": START, "error_message": "Unexpected error: OperationalError"}
    waiting = JobFactory(attempt_count=1, **at)
    JobFactory(attempt_count=0, **at)
    JobFactory(attempt_count=3, status="failed", **at)
    rows = {row["job_id"]: row for row in operator.get(PATH).json()}
    assert rows.pop(str(waiting.pk))["next_attempt_at"] == "2024-01-15T10:30:00Z"
    assert [row["next_attempt_at"] for row in rows.values()] == [None, None]
    assert {row["error_message"] for row in rows.values()} == {"Unexpected error: OperationalError"}


def test_the_newest_come_first_and_pages_follow_each_other(operator, five):
    pages = [operator.get(f"{PATH}?limit=2&offset={offset}") for offset in (0, 2, 4, 6)]
    assert [len(page.json()) for page in pages] == [2, 2, 1, 0]
    assert {page["X-Total-Count"] for page in pages} == {"5"}
    assert [job_id for page in pages for job_id in listed(page)] == [str(job.pk) for job in five]


def test_jobs_of_one_moment_are_on_one_page_only(operator, in_scope):
    jobs = [JobFactory(created_at=START) for _ in range(6)]
    found = [job_id for offset in range(6) for job_id in listed(operator.get(f"{PATH}?limit=1&offset={offset}"))]
    assert sorted(found) == sorted(str(job.pk) for job in jobs)


def test_a_page_holds_fifty_unless_told_otherwise(operator, customer):
    jobs = [ProcessingJob(client=customer, status="failed", requested_count=1) for _ in range(51)]
    ProcessingJob.objects.bulk_create(jobs)
    assert len(operator.get(PATH).json()) == 50
    assert len(operator.get(f"{PATH}?limit=1000").json()) == 51


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed"])
def test_one_status_may_be_asked_for(operator, in_scope, status):
    jobs = {
        each: JobFactory(status=each, lease_token=uuid.uuid4() if each == "processing" else None)
        for each in ("pending", "processing", "completed", "failed")
    }
    answer = operator.get(f"{PATH}?status={status}")
    assert listed(answer) == [str(jobs[status].pk)]
    assert answer["X-Total-Count"] == "1"


def test_the_number_of_queries_does_not_grow_with_the_page(operator, five, counted):
    operator.get(f"{PATH}?offset=5")
    with counted("GET /admin/jobs"):
        assert len(operator.get(PATH).json()) == 5


def test_jobs_of_another_organization_are_not_listed(operator, in_scope, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        JobFactory(client=their_client)
    answer = operator.get(PATH)
    assert (answer.json(), answer["X-Total-Count"]) == ([], "0")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?status=done", "status"),
        ("?status=", "status"),
        ("?status=Pending", "status"),
        ("?limit=0", "limit"),
        ("?limit=1001", "limit"),
        ("?offset=-1", "offset"),
        ("?offset=10000001", "offset"),
        ("?client_id=1", "client_id"),
        ("?limit=1&limit=2", "limit"),
    ],
)
def test_a_bad_parameter_is_400_and_named(operator, query, field):
    answer = operator.get(PATH + query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_an_admin_key_it_is_401(caller, five, request):
    answer = request.getfixturevalue(caller).get(PATH)
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]
