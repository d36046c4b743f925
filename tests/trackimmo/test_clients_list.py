"""GET /admin/clients."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.trackimmo.factories import CityFactory, ClientFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def get(caller, query=None):
    return caller.get("/admin/clients", query or {})


def emails(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["email"] for row in answer.json()]


@pytest.fixture
def five(city):
    """Five clients, each created an hour after the one before; the second and fourth are inactive."""
    return [
        ClientFactory(
            email=f"{number}@agence.test",
            cities=[city, CityFactory()],
            status="inactive" if number % 2 else "active",
            created_at=NOON + timedelta(hours=number),
        )
        for number in range(5)
    ]


def test_it_lists_clients_as_documented(operator, city):
    client = ClientFactory(
        first_name="John",
        last_name="Doe",
        email="john@example.com",
        cities=[city],
        created_at=NOON,
        addresses_per_report=7,
    )
    answer = get(operator)
    assert answer.status_code == 200
    assert answer["X-Total-Count"] == "1"
    assert answer.json() == [
        {
            "client_id": str(client.pk),
            "first_name": "John",
            "last_name": "Doe",
            "email": "john@example.com",
            "status": "active",
            "subscription_type": "decouverte",
            "chosen_cities": [str(city.pk)],
            "property_type_preferences": ["house", "apartment"],
            "addresses_per_report": 7,
            "created_at": "2024-01-01T12:00:00Z",
        }
    ]


def test_the_number_of_queries_does_not_grow_with_the_page(operator, five, counted):
    get(operator, {"limit": 1})
    with counted("GET /admin/clients"):
        assert len(get(operator).json()) == 5


def test_pages_follow_each_other_newest_first(operator, five):
    pages = [get(operator, {"limit": 2, "offset": offset}) for offset in (0, 2, 4, 6)]
    assert [emails(page) for page in pages] == [
        ["4@agence.test", "3@agence.test"],
        ["2@agence.test", "1@agence.test"],
        ["0@agence.test"],
        [],
    ]
    assert {page["X-Total-Count"] for page in pages} == {"5"}


def test_a_page_holds_fifty_unless_told_otherwise(operator, in_scope):
    ClientFactory.create_batch(51)
    answer = get(operator)
    assert (len(answer.json()), answer["X-Total-Count"]) == (50, "51")
    assert len(get(operator, {"limit": 1000}).json()) == 51


def test_clients_of_one_status_are_listed(operator, five):
    answer = get(operator, {"status": "inactive"})
    assert emails(answer) == ["3@agence.test", "1@agence.test"]
    assert answer["X-Total-Count"] == "2"
    assert emails(get(operator, {"status": "pending"})) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("durand", ["zoe@agence.test", "marie@agence.test"]),
        ("RIE DUR", ["marie@agence.test"]),
        ("zoe@", ["zoe@agence.test"]),
        ("AGENCE.TEST", ["zoe@agence.test", "marie@agence.test"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("", ["zoe@agence.test", "marie@agence.test"]),
    ],
)
def test_clients_are_searched_by_part_of_a_name_or_an_address(operator, in_scope, search, found):
    ClientFactory(first_name="Marie", last_name="Durand", email="marie@agence.test", created_at=NOON)
    ClientFactory(first_name="Zoé", last_name="Durand", email="zoe@agence.test", created_at=NOON + timedelta(hours=1))
    assert emails(get(operator, {"search": search})) == found


def test_search_and_status_are_both_asked(operator, five):
    assert emails(get(operator, {"search": "1@", "status": "inactive"})) == ["1@agence.test"]
    assert emails(get(operator, {"search": "1@", "status": "active"})) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "asleep"}, "status"),
        ({"status": ""}, "status"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "9" * 30}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "9" * 30}, "offset"),
        ({"search": "a\0b"}, "search"),
        ({"search": "x" * 201}, "search"),
        ({"page": "2"}, "page"),
        ({"status": ["active", "test"]}, "status"),
    ],
)
def test_a_bad_parameter_is_400_and_named(operator, customer, query, field):
    answer = get(operator, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_an_unknown_status_is_told_back(operator, in_scope):
    assert get(operator, {"status": "asleep"}).json()["detail"] == 'status: "asleep" is not a valid choice.'


def test_clients_of_another_organization_are_not_listed(operator, their_client, customer):
    answer = get(operator)
    assert emails(answer) == [customer.email]
    assert answer["X-Total-Count"] == "1"
    assert emails(get(operator, {"search": their_client.email})) == []


def test_the_ordinary_key_does_not_open_it(program, customer):
    assert get(program).status_code == 401


def test_without_a_key_it_is_401(http, customer):
    assert get(http).status_code == 401
