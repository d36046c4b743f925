"""DELETE /admin/client/{client_id}, also spelled /admin/clients/{client_id}."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core import tenancy
from tests.stored import audited, queued_mails
from tests.trackimmo.factories import JobFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, ProcessingJob
from trackimmo.services import jobs

pytestmark = pytest.mark.django_db

PATHS = ["/admin/client", "/admin/clients"]


def delete(caller, client_id, path=PATHS[0]):
    return caller.delete(f"{path}/{client_id}")


@pytest.mark.parametrize("path", PATHS)
def test_the_client_becomes_inactive_and_stays(operator, customer, city, path, counted):
    sale = PropertyFactory(city=city)
    Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    delete(operator, uuid4())
    with counted("DELETE /admin/client"):
        answer = delete(operator, customer.pk, path)
    assert answer.status_code == 200
    assert answer.json()["client_id"] == str(customer.pk)
    assert answer.json()["status"] == "inactive"
    assert answer.json() == operator.get(f"{path}/{customer.pk}").json()["client"]
    customer.refresh_from_db()
    assert (customer.status, list(customer.chosen_cities.all()), customer.assignments.count()) == (
        "inactive",
        [city],
        1,
    )
    [entry] = audited()
    assert (entry["action"], entry["resource_id"]) == ("update", str(customer.pk))
    assert entry["changes"] == {"status": ["active", "inactive"]}
    assert queued_mails() == []


def test_once_more_changes_nothing(operator, customer):
    first = delete(operator, customer.pk)
    second = delete(operator, customer.pk)
    assert (second.status_code, second.json()) == (200, first.json())
    assert len(audited()) == 1


def test_his_waiting_job_ends_and_alerts_nobody(operator, customer, job):
    assert delete(operator, customer.pk).status_code == 200
    job.refresh_from_db()
    assert (job.status, job.error_message, job.attempt_count) == ("failed", "Client deactivated", 0)
    assert job.finished_at is not None
    assert job.updated_at >= job.finished_at
    assert queued_mails() == []
    entry = audited()[-1]
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("execute", "processing_job", str(job.pk))
    assert entry["changes"] == {"status": ["pending", "failed"], "error_message": [None, "Client deactivated"]}
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count, queued_mails()) == ("failed", 0, [])


def test_a_job_that_waits_for_its_next_attempt_ends_too(operator, customer):
    later = timezone.now() + timedelta(hours=2)
    job = JobFactory(client=customer, attempt_count=1, available_at=later, error_message="Database unavailable")
    delete(operator, customer.pk)
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("failed", "Client deactivated")


def test_a_job_in_progress_is_left_to_its_worker(operator, customer, job):
    lease = jobs.claim(job_id=job.pk)
    assert lease is not None
    assert delete(operator, customer.pk).status_code == 200
    job.refresh_from_db()
    assert (job.status, job.lease_token, job.error_message) == ("processing", lease.token, None)
    assert [entry["resource_type"] for entry in audited()] == ["client"]


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_job_that_has_ended_stays_as_it_is(operator, customer, status):
    job = JobFactory(client=customer, status=status, error_message="As it was")
    delete(operator, customer.pk)
    job.refresh_from_db()
    assert (job.status, job.error_message) == (status, "As it was")


def test_a_job_that_came_at_the_last_moment_ends_with_the_next_call(operator, customer):
    delete(operator, customer.pk)
    job = JobFactory(client=customer, available_at=Now())
    delete(operator, customer.pk)
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("failed", "Client deactivated")


def test_he_can_be_active_again_and_is_processed_again(operator, program, customer, job):
    delete(operator, customer.pk)
    body = {"client_id": str(customer.pk)}
    assert program.post("/api/process-client", body, format="json").status_code == 404
    assert operator.patch(f"/admin/client/{customer.pk}", {"status": "active"}, format="json").status_code == 200
    assert program.post("/api/process-client", body, format="json").json()["message"] == "Processing started"
    assert ProcessingJob.objects.count() == 2


@pytest.mark.parametrize("path", PATHS)
def test_a_client_who_is_not_ours_is_404_whether_he_exists_or_not(operator, in_scope, their_client, path):
    with tenancy.scope(their_client.organization_id):
        job = JobFactory(client=their_client)
    for client_id in (their_client.pk, uuid4()):
        answer = delete(operator, client_id, path)
        assert answer.status_code == 404
        assert answer.json() == {"detail": f"Client {client_id} not found"}
    with tenancy.scope(their_client.organization_id):
        assert Client.objects.get().status == "active"
        job.refresh_from_db()
        assert (job.status, audited()) == ("pending", [])


def test_a_body_is_refused(operator, customer):
    answer = operator.delete(f"/admin/client/{customer.pk}", {"erase": True}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"erase": ["Unknown field."]}
    customer.refresh_from_db()
    assert customer.status == "active"


def test_an_id_that_is_none_is_400(operator, in_scope):
    answer = delete(operator, "%00")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"client_id": ["Must be a valid UUID."]}


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_the_admin_key_it_is_401(request, customer, caller):
    assert delete(request.getfixturevalue(caller), customer.pk).status_code == 401
    customer.refresh_from_db()
    assert customer.status == "active"
