"""POST /admin/test-client-processing: assigning at once, without a job."""

import json
import threading
import uuid
from contextlib import closing

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import audited, queued_mails, somebody_waits_for_a_lock
from tests.trackimmo.factories import PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, ProcessingJob
from trackimmo.services import trials

pytestmark = pytest.mark.django_db

PATH = "/admin/test-client-processing"


def post(caller, client_id, **body):
    return caller.post(PATH, {"client_id": str(client_id), **body}, format="json")


def test_properties_are_assigned_at_once(operator, customer, city):
    customer.first_name, customer.last_name = "John", "Doe"
    customer.save(update_fields=["first_name", "last_name"])
    PropertyFactory(city=city, address_raw="123 TEST STREET", price=450_000)
    answer = post(operator, customer.pk, count=5)
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.json() == {
        "success": True,
        "client_id": str(customer.pk),
        "properties_assigned": 1,
        "email_sent": True,
        "properties": [
            {"address_raw": "123 TEST STREET", "city_name": "Lyon", "price": 450_000, "property_type": "apartment"}
        ],
        "message": "Assigned 1 properties to John Doe",
    }


def test_as_many_as_asked_for_are_assigned_and_told_to_the_client(operator, customer, sales, counted):
    post(operator, uuid.uuid4())
    with counted("POST /admin/test-client-processing"):
        body = post(operator, customer.pk, count=5).json()
    given = Assignment.objects.filter(client=customer).select_related("property")
    assert (body["properties_assigned"], body["message"]) == (5, "Assigned 5 properties to Marie Durand")
    assert sorted(one["address_raw"] for one in body["properties"]) == sorted(one.property.address_raw for one in given)
    assert {one.job for one in given} == {None}
    assert not ProcessingJob.objects.exists()
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"]) == (customer.email, "client_notification")
    assert all(one["address_raw"] in mail["text"] for one in body["properties"])


def test_without_a_count_it_is_the_clients_own(operator, customer, sales):
    assert post(operator, customer.pk).json()["properties_assigned"] == 10


def test_a_second_time_the_client_gets_what_is_left(operator, customer, sales):
    assert post(operator, customer.pk, count=8).json()["properties_assigned"] == 8
    assert post(operator, customer.pk, count=8).json()["properties_assigned"] == 4
    assert Assignment.objects.filter(client=customer).count() == 12


def test_a_repeated_request_assigns_once(operator, customer, sales):
    body = {"client_id": str(customer.pk), "count": 2}
    answers = [operator.post(PATH, body, format="json", headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["X-Robots-Tag"] == "noindex"
    assert Assignment.objects.count() == 2


def test_where_nothing_is_eligible_no_mail_is_sent(operator, customer):
    body = post(operator, customer.pk, count=5).json()
    assert (body["success"], body["properties_assigned"], body["properties"]) == (True, 0, [])
    assert (body["email_sent"], body["message"]) == (False, "Assigned 0 properties to Marie Durand")
    assert queued_mails() == []


def test_a_client_who_has_unsubscribed_gets_properties_but_no_mail(operator, customer, sales):
    customer.unsubscribed_at = timezone.now()
    customer.save(update_fields=["unsubscribed_at"])
    body = post(operator, customer.pk, count=5).json()
    assert (body["properties_assigned"], body["email_sent"]) == (5, False)
    assert queued_mails() == []


def test_it_is_audited(operator, customer, sales):
    post(operator, customer.pk, count=5)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("execute", "client", str(customer.pk))
    assert entry["changes"] == {"properties_assigned": [0, 5]}
    assert entry["key_id"] == "environment:ADMIN_API_KEY"


def test_a_mail_that_cannot_be_queued_leaves_nothing_assigned(operator, customer, sales, monkeypatch):
    def refuse(**arguments):
        raise RuntimeError("no template")

    monkeypatch.setattr(trials, "queue_client_notification", refuse)
    assert post(operator, customer.pk).status_code == 500
    assert not Assignment.objects.exists()
    assert queued_mails() == audited() == []


def test_a_test_client_is_served_too(operator, customer, sales):
    customer.status = "test"
    customer.save(update_fields=["status"])
    assert post(operator, customer.pk, count=5).json()["properties_assigned"] == 5


def assert_not_found(answer, client_id) -> None:
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {client_id} not found or inactive"}
    assert not Assignment.unscoped.exists()
    assert queued_mails() == []


@pytest.mark.parametrize("status", ["inactive", "pending"])
def test_a_client_who_is_not_served_is_404(operator, customer, sales, status):
    customer.status = status
    customer.save(update_fields=["status"])
    assert_not_found(post(operator, customer.pk), customer.pk)


def test_an_unknown_client_is_404(operator, in_scope):
    client_id = uuid.uuid4()
    assert_not_found(post(operator, client_id), client_id)


def test_a_client_of_another_organization_is_404(operator, in_scope, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        PropertyFactory(city=their_client.chosen_cities.get())
    assert_not_found(post(operator, their_client.pk), their_client.pk)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 501}, "count"),
        ({"count": "5"}, "count"),
        ({"count": 2.5}, "count"),
        ({"count": False}, "count"),
        ({"client_id": "42"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"seed": 1}, "seed"),
    ],
)
def test_a_bad_body_is_400_and_names_the_field(operator, customer, sales, body, field):
    body = {"client_id": str(customer.pk), **body}
    answer = operator.post(PATH, json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_an_admin_key_it_is_401(caller, customer, sales, request):
    assert post(request.getfixturevalue(caller), customer.pk).status_code == 401
    assert not Assignment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_a_draw_in_progress(customer, sales):
    results = []

    def try_elsewhere() -> None:
        with closing(connection), tenancy.scope(customer.organization_id):
            results.append(services.process_at_once(client_id=customer.pk, count=12))

    with transaction.atomic():
        Client.objects.select_for_update(no_key=True).get(pk=customer.pk)
        services.assign_properties(client=customer, count=7, today=timezone.localdate())
        other = threading.Thread(target=try_elsewhere)
        other.start()
        eventually(somebody_waits_for_a_lock)
    other.join()
    assert len(results[0].properties) == 5
    assert Assignment.objects.filter(client=customer).count() == 12
