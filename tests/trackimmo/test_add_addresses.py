"""POST /api/add-addresses."""

import json
import uuid

import pytest

from tests.stored import audited, queued_mails
from tests.trackimmo.factories import JobFactory
from trackimmo import services
from trackimmo.models import Assignment, ClientStatus, JobStatus, ProcessingJob

pytestmark = pytest.mark.django_db

PATH = "/api/add-addresses"


def post(caller, client_id, **body):
    return caller.post(PATH, {"client_id": str(client_id), **body}, format="json")


def test_addresses_are_added(program, customer, counted):
    post(program, uuid.uuid4(), count=5)
    with counted("POST /api/add-addresses"):
        answer = post(program, customer.pk, count=5)
    assert answer.status_code == 200
    job = ProcessingJob.objects.get()
    assert answer.json() == {
        "success": True,
        "job_id": str(job.pk),
        "client_id": str(customer.pk),
        "message": "Adding 5 addresses",
    }
    assert (job.client, job.kind, job.status, job.requested_count) == (customer, "add_addresses", "pending", 5)


def test_without_a_count_it_is_the_clients_own(program, customer):
    customer.addresses_per_report = 25
    customer.save(update_fields=["addresses_per_report"])
    assert post(program, customer.pk).json()["message"] == "Adding 25 addresses"
    assert ProcessingJob.objects.get().requested_count == 25


def test_the_job_assigns_as_many_and_tells_the_client(program, customer, sales):
    job_id = uuid.UUID(post(program, customer.pk, count=5).json()["job_id"])
    services.run_job(job_id=job_id)
    assert ProcessingJob.objects.get().properties_assigned == 5
    assert Assignment.objects.filter(client=customer, job_id=job_id).count() == 5
    assert [mail["kind"] for mail in queued_mails()] == ["client_notification"]


@pytest.mark.parametrize("count", [1, 500])
def test_both_ends_of_the_range_are_taken(program, customer, count):
    assert post(program, customer.pk, count=count).status_code == 200
    assert ProcessingJob.objects.get().requested_count == count


def test_it_is_audited(program, customer):
    post(program, customer.pk, count=5)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("create", "processing_job")
    assert entry["resource_id"] == str(ProcessingJob.objects.get().pk)
    assert entry["changes"] == {"kind": [None, "add_addresses"], "requested_count": [None, 5]}


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.PROCESSING])
def test_a_client_with_an_active_job_gets_that_one(program, customer, status):
    token = uuid.uuid4() if status == JobStatus.PROCESSING else None
    job = JobFactory(client=customer, status=status, lease_token=token)
    answer = post(program, customer.pk, count=5)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "job_id": str(job.pk),
        "client_id": str(customer.pk),
        "message": "Job already in progress",
    }
    job.refresh_from_db()
    assert (ProcessingJob.objects.get(), job.requested_count, job.kind) == (job, 10, "process")
    assert audited() == []


def assert_not_found(answer, client_id) -> None:
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {client_id} not found or inactive"}
    assert not ProcessingJob.unscoped.exists()


def test_an_unknown_client_is_404(program, in_scope):
    client_id = uuid.uuid4()
    assert_not_found(post(program, client_id), client_id)


@pytest.mark.parametrize("status", [ClientStatus.INACTIVE, ClientStatus.PENDING, ClientStatus.TEST])
def test_a_client_who_is_not_active_is_404(program, customer, status):
    customer.status = status
    customer.save(update_fields=["status"])
    assert_not_found(post(program, customer.pk), customer.pk)


def test_a_client_of_another_organization_is_404(program, their_client):
    assert_not_found(post(program, their_client.pk, count=5), their_client.pk)


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (0, "Ensure this value is greater than or equal to 1."),
        (-5, "Ensure this value is greater than or equal to 1."),
        (501, "Ensure this value is less than or equal to 500."),
        (10**15, "Ensure this value is less than or equal to 500."),
        ("5", "A valid integer is required."),
        (5.0, "A valid integer is required."),
        (True, "A valid integer is required."),
        ([5], "A valid integer is required."),
        (None, "This field may not be null."),
    ],
)
def test_a_bad_count_is_400(program, customer, count, message):
    body = json.dumps({"client_id": str(customer.pk), "count": count})
    answer = program.post(PATH, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"count": [message]}
    assert not ProcessingJob.objects.exists()


@pytest.mark.parametrize("caller", ["http", "operator"])
def test_without_a_key_it_is_401(caller, customer, request):
    assert post(request.getfixturevalue(caller), customer.pk).status_code == 401
    assert not ProcessingJob.objects.exists()
