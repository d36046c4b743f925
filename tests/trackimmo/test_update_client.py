"""PATCH /admin/client/{client_id}, also spelled /admin/clients/{client_id}."""

import threading
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from core import tenancy
from tests.stored import audited, queued_mails
from tests.trackimmo.client_fields import BAD_FIELDS, SOMEBODY
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory
from trackimmo.models import Client
from trackimmo.services import create_client

pytestmark = pytest.mark.django_db

PATHS = ["/admin/client", "/admin/clients"]


def patch(caller, client_id, body, path=PATHS[0], **headers):
    return caller.patch(f"{path}/{client_id}", body, format="json", headers=headers)


def row(client) -> dict:
    """All that is stored of a client."""
    stored = Client.unscoped.filter(pk=client.pk).values().get()
    return stored | {"cities": sorted(str(pk) for pk in client.chosen_cities.values_list("pk", flat=True))}


@pytest.fixture
def pending(city):
    """A client of ours who has everything, and has not begun."""
    return ClientFactory(cities=[city], status="pending")


@pytest.mark.parametrize("path", PATHS)
def test_what_is_given_changes_and_the_rest_stays(operator, customer, city, path, counted):
    other = CityFactory(name="Annecy")
    before = row(customer)
    patch(operator, uuid4(), {})
    with counted("PATCH /admin/client"):
        answer = patch(
            operator, customer.pk, {"last_name": " Le Goff ", "chosen_cities": [str(other.pk)], "send_day": 29}, path
        )
    assert answer.status_code == 200
    after = row(customer)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"last_name", "cities", "send_day", "updated_at"}
    assert (after["last_name"], after["cities"], after["send_day"]) == ("Le Goff", [str(other.pk)], 29)
    assert answer.json() == operator.get(f"{path}/{customer.pk}").json()["client"]


def test_only_what_changed_is_audited(operator, customer, city):
    other = CityFactory()
    body = {"first_name": "Marie", "last_name": "Petit", "chosen_cities": [str(city.pk), str(other.pk)]}
    patch(operator, customer.pk, body)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("update", "client", str(customer.pk))
    assert entry["changes"] == {
        "last_name": ["Durand", "Petit"],
        "chosen_cities": [[str(city.pk)], sorted([str(city.pk), str(other.pk)])],
    }


@pytest.mark.parametrize("body", [{}, {"first_name": "Marie", "property_type_preferences": ["house", "apartment"]}])
def test_nothing_new_writes_nothing(operator, customer, body):
    before = row(customer)
    assert patch(operator, customer.pk, body).status_code == 200
    assert row(customer) == before
    assert audited() == []


def test_every_field_can_be_changed(operator, customer):
    body = {
        "first_name": "Jean",
        "last_name": "Petit",
        "email": "jean@agence.test",
        "status": "test",
        "subscription_type": "entreprise",
        "chosen_cities": [],
        "property_type_preferences": ["land"],
        "addresses_per_report": 500,
        "send_day": 31,
        "language": "en",
    }
    answer = patch(operator, customer.pk, body).json()
    assert {name: answer[name] for name in body} == body


def test_an_edit_sends_no_mail(operator, customer):
    patch(operator, customer.pk, {"last_name": "Petit", "language": "en"})
    assert queued_mails() == []


@pytest.mark.parametrize("status", ["pending", "test"])
def test_whoever_becomes_active_for_the_first_time_is_welcomed_once(operator, city, status):
    client = ClientFactory(cities=[city], status=status)
    patch(operator, client.pk, {"status": "active"})
    patch(operator, client.pk, {"status": status})
    patch(operator, client.pk, {"status": "active"})
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"]) == (client.email, "client_welcome")


def test_whoever_was_welcomed_at_his_creation_is_not_welcomed_back(operator, city):
    with_mail = create_client(**SOMEBODY, chosen_cities=[city.pk], property_type_preferences=["house"])
    operator.delete(f"/admin/client/{with_mail.pk}")
    assert patch(operator, with_mail.pk, {"status": "active"}).status_code == 200
    assert len(queued_mails()) == 1


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"chosen_cities": []}, ["chosen_cities"]),
        ({"property_type_preferences": []}, ["property_type_preferences"]),
        ({"chosen_cities": [], "property_type_preferences": []}, ["chosen_cities", "property_type_preferences"]),
    ],
)
def test_an_active_client_keeps_a_city_and_a_property_type(operator, customer, body, errors):
    before = row(customer)
    answer = patch(operator, customer.pk, body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == errors
    assert row(customer) == before
    assert audited() == []


def test_a_client_who_lacks_something_cannot_become_active(operator, in_scope):
    client = ClientFactory(status="pending")
    answer = patch(operator, client.pk, {"status": "active"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"chosen_cities": ["An active client needs at least one city."]}
    client.refresh_from_db()
    assert (client.status, client.welcomed_at) == ("pending", None)
    assert queued_mails() == []


def test_he_can_become_active_by_the_change_that_brings_it(operator, city):
    client = ClientFactory(status="pending")
    assert patch(operator, client.pk, {"status": "active", "chosen_cities": [str(city.pk)]}).status_code == 200
    assert len(queued_mails()) == 1


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS, ids=lambda value: repr(value)[:40])
def test_a_bad_field_is_400_and_named(operator, customer, field, value):
    before = row(customer)
    answer = patch(operator, customer.pk, {"last_name": "Petit", field: value})
    assert answer.status_code == 400
    named = {name.partition("[")[0].partition(".")[0] for name in answer.json()["errors"]}
    assert named == {field}
    assert row(customer) == before
    assert audited() == []


def test_cities_that_are_not_ours_are_400_and_named(operator, customer, theirs):
    before = row(customer)
    with tenancy.scope(theirs.organization.pk):
        foreign = CityFactory()
    answer = patch(operator, customer.pk, {"chosen_cities": [str(foreign.pk)]})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"chosen_cities": [f"City {foreign.pk} not found."]}
    assert row(customer) == before


def test_another_clients_address_is_409(operator, customer):
    other = ClientFactory()
    before = row(customer)
    answer = patch(operator, customer.pk, {"email": other.email.upper()})
    assert answer.status_code == 409
    assert answer.json()["errors"] == {"email": ["There is a client with this e-mail address already."]}
    assert row(customer) == before
    assert audited() == []


def test_ones_own_address_may_change_its_case(operator, customer):
    answer = patch(operator, customer.pk, {"email": customer.email.upper()})
    assert answer.status_code == 200
    assert answer.json()["email"] == customer.email.upper()


@pytest.mark.parametrize("path", PATHS)
def test_a_client_who_is_not_ours_is_404_whether_he_exists_or_not(operator, in_scope, their_client, path):
    for client_id in (their_client.pk, uuid4()):
        answer = patch(operator, client_id, {"last_name": "Petit"}, path)
        assert answer.status_code == 404
        assert answer.json() == {"detail": f"Client {client_id} not found"}
    with tenancy.scope(their_client.organization_id):
        assert Client.objects.get().last_name == "Durand"


def test_an_id_that_is_none_is_400(operator, in_scope):
    answer = patch(operator, "42", {})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"client_id": ["Must be a valid UUID."]}


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_the_admin_key_it_is_401(request, customer, caller):
    assert patch(request.getfixturevalue(caller), customer.pk, {"last_name": "Petit"}).status_code == 401
    customer.refresh_from_db()
    assert customer.last_name == "Durand"


@pytest.mark.parametrize("status", ["pending", "test", "inactive"])
def test_whoever_is_active_no_longer_loses_his_waiting_job(operator, job, customer, status):
    assert patch(operator, customer.pk, {"status": status}).status_code == 200
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("failed", "Client deactivated")


def test_an_edit_of_anything_else_leaves_his_job_alone(operator, job, customer):
    patch(operator, customer.pk, {"last_name": "Petit", "status": "active"})
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("pending", None)


@pytest.mark.django_db(transaction=True)
def test_simultaneous_first_activations_welcome_once(city):
    client = ClientFactory(cities=[city], status="pending")
    JobFactory(client=client, status="completed")
    statuses = []
    start = threading.Barrier(6)

    def call() -> None:
        caller = APIClient(headers={"X-Admin-Key": "demo-admin-key"})
        start.wait()
        statuses.append(patch(caller, client.pk, {"status": "active"}).status_code)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    assert len(queued_mails()) == 1
    assert [entry["changes"] for entry in audited()] == [{"status": ["pending", "active"]}]
