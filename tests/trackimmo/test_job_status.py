"""GET /api/job-status/{job_id}."""

import uuid
from datetime import UTC, datetime

import pytest

from core import tenancy
from tests.trackimmo.factories import JobFactory
from trackimmo.models import ProcessingJob

pytestmark = pytest.mark.django_db


def get(caller, job_id):
    return caller.get(f"/api/job-status/{job_id}")


def test_it_tells_how_far_a_job_is(program, customer, counted):
    job = JobFactory(
        client=customer,
        status="completed",
        properties_assigned=8,
        created_at=datetime(2024, 1, 15, 10, 30, tzinfo=UTC),
        updated_at=datetime(2024, 1, 15, 10, 35, 0, 123456, tzinfo=UTC),
        progress={"step": "completed", "percent": 100},
    )
    get(program, uuid.uuid4())
    with counted("GET /api/job-status"):
        answer = get(program, job.pk)
    assert answer.status_code == 200
    assert answer.json() == {
        "job_id": str(job.pk),
        "client_id": str(customer.pk),
        "status": "completed",
        "properties_assigned": 8,
        "error_message": None,
        "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:35:00Z",
        "progress": {"step": "completed", "percent": 100},
    }


def test_a_new_job_is_pending_without_progress(program, job):
    answer = get(program, job.pk).json()
    assert (answer["status"], answer["progress"], answer["properties_assigned"]) == ("pending", {}, 0)


def test_a_failed_job_tells_why(program, customer):
    job = JobFactory(client=customer, status="failed", error_message="Client x has no chosen cities")
    assert get(program, job.pk).json()["error_message"] == "Client x has no chosen cities"


def test_an_unknown_job_is_404(program):
    job_id = uuid.uuid4()
    answer = get(program, job_id)
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Job {job_id} not found"}


def test_a_job_of_another_organization_is_404(program, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        job = JobFactory(client=their_client)
    answer = get(program, job.pk)
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Job {job.pk} not found"}
    assert ProcessingJob.unscoped.get() == job


@pytest.mark.parametrize("job_id", ["1", "not-a-uuid", "e86f4960-f848-4236-b45c", "%00", "é", "x" * 500])
def test_an_id_that_is_none_is_400(program, job_id):
    answer = get(program, job_id)
    assert answer.status_code == 400
    assert answer.json() == {"detail": "job_id: Must be a valid UUID.", "errors": {"job_id": ["Must be a valid UUID."]}}


def test_without_a_key_it_is_401(http, job):
    assert get(http, job.pk).status_code == 401
