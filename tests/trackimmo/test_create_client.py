"""POST /admin/clients."""

import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from rest_framework.test import APIClient

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import audited, queued_mails, somebody_waits_for_a_lock
from tests.trackimmo.client_fields import BAD_FIELDS, SOMEBODY
from tests.trackimmo.factories import CityFactory
from trackimmo.models import City, Client

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def post(caller, body, **headers):
    return caller.post("/admin/clients", body, format="json", headers=headers)


def body_for(city, **fields):
    return {**SOMEBODY, "chosen_cities": [str(city.pk)], "property_type_preferences": ["house"], **fields}


def assert_nothing_happened() -> None:
    assert not Client.objects.exists()
    assert audited() == []
    assert queued_mails() == []


def test_a_client_is_created(operator, city, counted):
    other = CityFactory(name="Annecy")
    body = body_for(
        city,
        status="active",
        subscription_type="entreprise",
        chosen_cities=[str(city.pk), str(other.pk), str(city.pk)],
        property_type_preferences=["land", "house", "land"],
        addresses_per_report=25,
        send_day=31,
        language="en",
    )
    operator.get("/admin/clients")
    with time_machine.travel(NOON, tick=False), counted("POST /admin/clients"):
        answer = post(operator, body)
    assert answer.status_code == 201
    made = Client.objects.get()
    assert answer.json() == {
        "client_id": str(made.pk),
        "first_name": "Jean",
        "last_name": "Petit",
        "email": "jean@agence.test",
        "status": "active",
        "subscription_type": "entreprise",
        "chosen_cities": [str(other.pk), str(city.pk)],
        "property_type_preferences": ["land", "house"],
        "addresses_per_report": 25,
        "created_at": "2026-03-01T12:00:00Z",
        "send_day": 31,
        "language": "en",
        "unsubscribed_at": None,
        "updated_at": "2026-03-01T12:00:00Z",
    }
    assert made.organization_id == city.organization_id
    assert made.welcomed_at == NOON
    assert operator.get(f"/admin/client/{made.pk}").json()["client"] == answer.json()


def test_what_is_left_out_gets_its_default(operator, city, settings):
    settings.DEFAULT_ADDRESSES_PER_REPORT = 7
    answer = post(operator, body_for(city)).json()
    defaults = ("status", "subscription_type", "addresses_per_report", "send_day", "language")
    assert [answer[name] for name in defaults] == ["active", "decouverte", 7, 1, "fr"]


def test_names_are_trimmed(operator, city):
    answer = post(operator, body_for(city, first_name="  Jean-Luc ", last_name="\tLe Goff\n", email=" j@agence.test "))
    assert answer.status_code == 201
    made = Client.objects.get()
    assert (made.first_name, made.last_name, made.email) == ("Jean-Luc", "Le Goff", "j@agence.test")


def test_it_is_audited_with_everything_that_was_set(operator, city):
    post(operator, body_for(city))
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["key_id"]) == (
        "create",
        "client",
        "environment:ADMIN_API_KEY",
    )
    assert entry["resource_id"] == str(Client.objects.get().pk)
    assert entry["changes"] == {
        "first_name": [None, "Jean"],
        "last_name": [None, "Petit"],
        "email": [None, "jean@agence.test"],
        "status": [None, "active"],
        "subscription_type": [None, "decouverte"],
        "chosen_cities": [None, [str(city.pk)]],
        "property_type_preferences": [None, ["house"]],
        "addresses_per_report": [None, 10],
        "send_day": [None, 1],
        "language": [None, "fr"],
        "unsubscribed_at": [None, None],
    }


def test_an_active_client_is_welcomed_by_one_mail(operator, city):
    post(operator, body_for(city))
    assert [mail["to"] for mail in queued_mails()] == ["jean@agence.test"]
    assert [mail["kind"] for mail in queued_mails()] == ["client_welcome"]


@pytest.mark.parametrize("status", ["pending", "inactive", "test"])
def test_any_other_client_is_not_welcomed_and_may_have_no_cities_yet(operator, in_scope, status):
    answer = post(operator, {**SOMEBODY, "status": status})
    assert answer.status_code == 201
    assert (answer.json()["chosen_cities"], answer.json()["property_type_preferences"]) == ([], [])
    assert Client.objects.get().welcomed_at is None
    assert queued_mails() == []


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS, ids=lambda value: repr(value)[:40])
def test_a_bad_field_is_400_and_named(operator, city, field, value):
    answer = post(operator, body_for(city, **{field: value}))
    assert answer.status_code == 400
    named = {name.partition("[")[0].partition(".")[0] for name in answer.json()["errors"]}
    assert named == {field}
    assert answer.json()["detail"].startswith(field)
    assert_nothing_happened()


@pytest.mark.parametrize("missing", ["first_name", "last_name", "email"])
def test_a_missing_field_is_400_and_named(operator, city, missing):
    body = body_for(city)
    del body[missing]
    answer = post(operator, body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {missing: ["This field is required."]}
    assert_nothing_happened()


@pytest.mark.parametrize("body", [[], "Jean", 5, None, [SOMEBODY]])
def test_a_body_that_is_no_object_is_400(operator, in_scope, body):
    answer = operator.post("/admin/clients", body, format="json")
    assert answer.status_code == 400
    assert_nothing_happened()


def test_an_active_client_needs_a_city_and_a_property_type(operator, in_scope):
    answer = post(operator, SOMEBODY)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {
        "chosen_cities": ["An active client needs at least one city."],
        "property_type_preferences": ["An active client needs at least one property type."],
    }
    assert_nothing_happened()


def test_cities_that_are_not_ours_are_400_and_each_is_named(operator, city, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CityFactory()
    unknown = uuid4()
    answer = post(operator, body_for(city, chosen_cities=[str(city.pk), str(foreign.pk), str(unknown)]))
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"chosen_cities": [f"City {foreign.pk} not found.", f"City {unknown} not found."]}
    assert_nothing_happened()


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_a_second_client_with_the_same_address_is_409(operator, customer, city, spelling):
    answer = post(operator, body_for(city, email=spelling(customer.email)))
    assert answer.status_code == 409
    assert answer.json()["errors"] == {"email": ["There is a client with this e-mail address already."]}
    assert list(Client.objects.all()) == [customer]
    assert (audited(), queued_mails()) == ([], [])


def test_an_address_is_free_next_door(operator, city, their_client):
    assert post(operator, body_for(city, email=their_client.email)).status_code == 201


def test_a_repeated_request_makes_one_client(operator, city):
    answers = [post(operator, body_for(city), **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Client.objects.count() == 1
    assert len(queued_mails()) == 1


def test_a_refused_request_with_a_key_is_refused_again(operator, customer, city):
    body = body_for(city, email=customer.email)
    answers = [post(operator, body, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert Client.objects.count() == 1


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_the_admin_key_it_is_401(request, city, caller):
    assert post(request.getfixturevalue(caller), body_for(city)).status_code == 401
    assert not Client.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_creations_with_one_address_one_succeeds(city):
    answers = []
    start = threading.Barrier(8)

    def call() -> None:
        caller = APIClient(headers={"X-Admin-Key": "demo-admin-key"})
        start.wait()
        answers.append(post(caller, body_for(city)))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert Client.objects.count() == 1
    assert len(queued_mails()) == 1
    assert [entry["action"] for entry in audited()] == ["create"]


@pytest.mark.django_db(transaction=True)
def test_a_city_that_is_deleted_at_the_same_moment_is_refused_in_words(operator, city):
    answers = []

    def call() -> None:
        answers.append(post(operator, body_for(city)))
        connection.close()

    caller = threading.Thread(target=call)
    with transaction.atomic():
        City.objects.filter(pk=city.pk).delete()
        caller.start()
        eventually(somebody_waits_for_a_lock)
    caller.join()
    [answer] = answers
    assert answer.status_code == 409
    assert answer.json()["errors"] == {"chosen_cities": ["One of the cities has just been deleted."]}
    assert_nothing_happened()
