"""POST /admin/client/{client_id}/reset-assignments."""

import threading
import uuid
from contextlib import closing

import pytest
from django.db import connection, transaction

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import audited, somebody_waits_for_a_lock
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo import services
from trackimmo.models import Assignment, ProcessingJob, Property
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import assign_properties

pytestmark = pytest.mark.django_db


def post(caller, client_id):
    return caller.post(f"/admin/client/{client_id}/reset-assignments")


def assign(client, count: int, **options):
    return assign_properties(client=client, count=count, today=today_in_paris(), **options)


def test_everything_that_the_client_was_given_is_taken_back(operator, customer, sales, counted):
    assign(customer, 5)
    post(operator, uuid.uuid4())
    with counted("POST /admin/client/reset-assignments"):
        answer = post(operator, customer.pk)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "deleted_assignments": 5,
        "message": "Reset 5 assignments for client",
    }
    assert not Assignment.objects.exists()
    assert Property.objects.count() == 12


def test_it_can_be_given_again(operator, customer, sales):
    assign(customer, 12)
    post(operator, customer.pk)
    assert assign(customer, 12).assigned_count == 12


def test_other_clients_and_the_jobs_keep_theirs(operator, customer, city, sales):
    colleague = ClientFactory(cities=[city])
    job = JobFactory(client=customer, status="completed")
    assign(customer, 3, job=job)
    assign(colleague, 4)
    assert post(operator, customer.pk).json()["deleted_assignments"] == 3
    assert Assignment.objects.filter(client=colleague).count() == Assignment.objects.count() == 4
    assert ProcessingJob.objects.get() == job


def test_where_there_is_nothing_nothing_is_taken(operator, customer):
    assert post(operator, customer.pk).json()["message"] == "Reset 0 assignments for client"


def test_it_is_audited(operator, customer, sales):
    assign(customer, 5)
    post(operator, customer.pk)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("update", "client", str(customer.pk))
    assert entry["changes"] == {"assignments": [5, 0]}


@pytest.mark.parametrize("status", ["inactive", "pending", "test"])
def test_a_client_who_is_not_active_can_be_reset(operator, customer, sales, status):
    assign(customer, 5)
    customer.status = status
    customer.save(update_fields=["status"])
    assert post(operator, customer.pk).json()["deleted_assignments"] == 5


def test_an_unknown_client_is_404(operator, in_scope):
    client_id = uuid.uuid4()
    answer = post(operator, client_id)
    assert (answer.status_code, answer.json()) == (404, {"detail": f"Client {client_id} not found"})
    assert audited() == []


def test_a_client_of_another_organization_is_404_and_keeps_everything(operator, in_scope, sales, their_client):
    Assignment.unscoped.create(
        organization_id=their_client.organization_id,
        client=their_client,
        property=sales[0],
        address_key=sales[0].address_key,
    )
    answer = post(operator, their_client.pk)
    assert (answer.status_code, answer.json()) == (404, {"detail": f"Client {their_client.pk} not found"})
    assert Assignment.unscoped.count() == 1


def test_a_body_is_400_and_nothing_is_taken(operator, customer, sales):
    assign(customer, 5)
    answer = operator.post(f"/admin/client/{customer.pk}/reset-assignments", {"dry_run": True}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"dry_run": ["Unknown field."]}
    assert Assignment.objects.count() == 5


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_an_admin_key_it_is_401(caller, customer, sales, request):
    assign(customer, 5)
    assert post(request.getfixturevalue(caller), customer.pk).status_code == 401
    assert Assignment.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_a_draw_in_progress_and_takes_that_back_too(customer, sales):
    results = []

    def reset_elsewhere() -> None:
        with closing(connection), tenancy.scope(customer.organization_id):
            results.append(services.reset_assignments(client_id=customer.pk))

    with transaction.atomic():
        assign(customer, 7)
        other = threading.Thread(target=reset_elsewhere)
        other.start()
        eventually(somebody_waits_for_a_lock)
    other.join()
    assert results == [7]
    assert not Assignment.objects.exists()
