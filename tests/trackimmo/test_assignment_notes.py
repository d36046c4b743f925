"""PATCH /api/client-properties/{client_id}/{address_id}."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from core import tenancy
from tests.stored import audited
from tests.trackimmo.factories import ClientFactory, PropertyFactory
from trackimmo.models import Assignment

pytestmark = pytest.mark.django_db

SENT = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


@pytest.fixture
def given(customer, city) -> Assignment:
    """A property that our client was given."""
    sale = PropertyFactory(city=city, address_raw="123 RUE DE LA PAIX", sale_date=date(2018, 6, 15))
    return Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key, send_date=SENT)


def patch(caller, client_id, address_id, body):
    return caller.patch(f"/api/client-properties/{client_id}/{address_id}", body, format="json")


def note(caller, given, body):
    return patch(caller, given.client_id, given.property_id, body)


def state(given) -> tuple:
    return Assignment.unscoped.values_list("status", "notes", "send_date").get(pk=given.pk)


def test_status_and_notes_are_noted_and_the_item_answered(program, given, counted):
    patch(program, uuid4(), uuid4(), {})
    with counted("PATCH /api/client-properties"):
        answer = note(program, given, {"status": "contacted", "notes": "Calls back\non Monday "})
    assert answer.status_code == 200
    assert answer.json() == {
        "address_id": str(given.property_id),
        "address_raw": "123 RUE DE LA PAIX",
        "city_name": "Lyon",
        "price": 450000,
        "surface": 75,
        "rooms": 3,
        "property_type": "apartment",
        "sale_date": "2018-06-15",
        "client_address_info": {
            "status": "contacted",
            "send_date": "2024-01-15T10:30:00Z",
            "notes": "Calls back\non Monday ",
        },
    }
    listed = program.get(f"/api/get-client-properties/{given.client_id}").json()["properties"]
    assert listed == [answer.json()]


def test_it_is_audited(program, given):
    note(program, given, {"status": "contacted", "notes": "Calls back"})
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("update", "assignment", str(given.pk))
    assert entry["changes"] == {"status": ["new", "contacted"], "notes": [None, "Calls back"]}
    assert entry["key_id"] == "environment:API_KEY"


@pytest.mark.parametrize("status", ["new", "contacted", "meeting", "negotiation", "sold", "mandate"])
def test_every_documented_status_is_taken(program, given, status):
    assert note(program, given, {"status": status}).json()["client_address_info"]["status"] == status
    assert state(given) == (status, None, SENT)


@pytest.mark.parametrize("nothing", [None, "", " \n "])
def test_notes_can_be_taken_back_and_the_status_stays(program, given, nothing):
    note(program, given, {"status": "sold", "notes": "Calls back"})
    assert note(program, given, {"notes": nothing}).json()["client_address_info"]["notes"] is None
    assert state(given) == ("sold", None, SENT)


def test_notes_hold_ten_thousand_characters(program, given):
    notes = "é" * 10_000
    assert note(program, given, {"notes": notes}).json()["client_address_info"]["notes"] == notes


@pytest.mark.parametrize("body", [{}, {"status": "new"}, {"notes": None}])
def test_nothing_new_writes_nothing(program, given, body):
    assert note(program, given, body).status_code == 200
    assert audited() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "lost"),
        ("status", "NEW"),
        ("status", None),
        ("status", True),
        ("status", ["new"]),
        ("notes", "x" * 10_001),
        ("notes", "a\0b"),
        ("notes", 5),
        ("notes", False),
        ("notes", {"text": "x"}),
        ("notes", ["x"]),
        ("send_date", "2024-01-15T10:30:00Z"),
        ("price", 1),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_field_is_400_and_named(program, given, field, value):
    answer = note(program, given, {"status": "sold", field: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert state(given) == ("new", None, SENT)
    assert audited() == []


@pytest.mark.parametrize("body", [[], "sold", 5, [{"status": "sold"}]])
def test_a_body_that_is_no_object_is_400(program, given, body):
    assert note(program, given, body).status_code == 400
    assert state(given) == ("new", None, SENT)


def test_what_the_client_was_not_given_is_404(program, given, city):
    stranger, other = ClientFactory(), PropertyFactory(city=city)
    for client_id, address_id in [
        (given.client_id, other.pk),
        (stranger.pk, given.property_id),
        (given.client_id, given.pk),
        (uuid4(), given.property_id),
    ]:
        answer = patch(program, client_id, address_id, {"status": "sold"})
        assert answer.status_code == 404
        assert answer.json() == {"detail": f"Address {address_id} of client {client_id} not found"}
    assert state(given) == ("new", None, SENT)


def test_what_a_client_of_another_organization_was_given_is_404(program, given, their_client):
    with tenancy.scope(their_client.organization_id):
        sale = PropertyFactory()
        theirs = Assignment.objects.create(client=their_client, property=sale, address_key=sale.address_key)
    answer = note(program, theirs, {"status": "sold"})
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Address {sale.pk} of client {their_client.pk} not found"}
    assert state(theirs)[0] == "new"


@pytest.mark.parametrize("which", ["client_id", "address_id"])
def test_an_id_that_is_none_is_400_and_named(program, given, which):
    ids = {"client_id": given.client_id, "address_id": given.property_id, which: "42"}
    answer = patch(program, *ids.values(), {"status": "sold"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {which: ["Must be a valid UUID."]}
    assert state(given) == ("new", None, SENT)


def test_search_engines_are_kept_out_of_refusals_too(program, given):
    assert note(program, given, {"status": "sold"})["X-Robots-Tag"] == "noindex"
    assert note(program, given, {"status": "lost"})["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("caller", ["http", "operator"])
def test_without_the_key_it_is_401(request, given, caller):
    assert note(request.getfixturevalue(caller), given, {"status": "sold"}).status_code == 401
    assert state(given) == ("new", None, SENT)
