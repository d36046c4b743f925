"""GET /api/get-client-properties/{client_id}."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from core import tenancy
from tests.trackimmo.factories import ClientFactory, PropertyFactory
from trackimmo.models import Assignment

pytestmark = pytest.mark.django_db

SENT = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


def get(caller, client_id, query=""):
    return caller.get(f"/api/get-client-properties/{client_id}{query}")


def give(client, sale, **fields):
    return Assignment.objects.create(client=client, property=sale, address_key=sale.address_key, **fields)


@pytest.fixture
def seven(customer, city):
    """Seven properties of our client, each sent a day after the one before."""
    sales = PropertyFactory.create_batch(7, city=city)
    for day, sale in enumerate(sales):
        give(customer, sale, send_date=SENT + timedelta(days=day))
    return sales


def test_it_lists_what_the_client_was_given(program, customer, city, counted):
    sale = PropertyFactory(city=city, address_raw="123 RUE DE LA PAIX", sale_date=date(2018, 6, 15))
    give(customer, sale, send_date=SENT)
    answer = get(program, customer.pk)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "client_id": str(customer.pk),
        "total_count": 1,
        "returned_count": 1,
        "properties": [
            {
                "address_id": str(sale.pk),
                "address_raw": "123 RUE DE LA PAIX",
                "city_name": "Lyon",
                "price": 450000,
                "surface": 75,
                "rooms": 3,
                "property_type": "apartment",
                "sale_date": "2018-06-15",
                "client_address_info": {"status": "new", "send_date": "2024-01-15T10:30:00Z", "notes": None},
            }
        ],
    }


def test_the_number_of_queries_does_not_grow_with_the_page(program, customer, seven, counted):
    get(program, uuid.uuid4())
    with counted("GET /api/get-client-properties"):
        assert get(program, customer.pk).json()["returned_count"] == 7


def test_search_engines_are_kept_out(program, customer):
    assert get(program, customer.pk)["X-Robots-Tag"] == "noindex"


def test_unknown_measures_are_null(program, customer, city):
    give(customer, PropertyFactory(city=city, property_type="land", surface=None, rooms=None))
    [row] = get(program, customer.pk).json()["properties"]
    assert (row["surface"], row["rooms"]) == (None, None)


def test_pages_follow_each_other_newest_first(program, customer, seven):
    pages = [get(program, customer.pk, f"?limit=3&offset={offset}").json() for offset in (0, 3, 6, 9)]
    assert [page["returned_count"] for page in pages] == [3, 3, 1, 0]
    assert {page["total_count"] for page in pages} == {7}
    listed = [row["address_id"] for page in pages for row in page["properties"]]
    assert listed == [str(sale.pk) for sale in reversed(seven)]


def test_a_client_without_properties_has_an_empty_page(program, customer):
    body = get(program, customer.pk).json()
    assert (body["total_count"], body["returned_count"], body["properties"]) == (0, 0, [])


def test_a_page_holds_a_hundred_unless_told_otherwise(program, customer, city):
    for sale in PropertyFactory.create_batch(101, city=city):
        give(customer, sale)
    assert get(program, customer.pk).json()["returned_count"] == 100
    assert get(program, customer.pk, "?limit=1000").json()["returned_count"] == 101


def test_properties_of_one_status_are_listed_and_counted(program, customer, city):
    sales = PropertyFactory.create_batch(3, city=city)
    for day, (sale, status) in enumerate(zip(sales, ("sold", "new", "sold"), strict=True)):
        give(customer, sale, status=status, send_date=SENT + timedelta(days=day))
    body = get(program, customer.pk, "?status=sold&limit=1").json()
    assert (body["total_count"], body["returned_count"]) == (2, 1)
    assert [row["address_id"] for row in body["properties"]] == [str(sales[2].pk)]
    assert get(program, customer.pk, "?status=mandate").json()["properties"] == []


def test_other_clients_properties_are_not_listed(program, customer, city):
    give(ClientFactory(cities=[city]), PropertyFactory(city=city))
    assert get(program, customer.pk).json()["total_count"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?limit=0", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=1001", "limit"),
        ("?limit=1e9", "limit"),
        ("?offset=-1", "offset"),
        ("?page=2", "page"),
        ("?status=lost", "status"),
        ("?status=", "status"),
        ("?status=new&status=sold", "status"),
    ],
)
def test_a_bad_parameter_is_400_and_named(program, customer, query, field):
    answer = get(program, customer.pk, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_an_unknown_client_is_404(program):
    client_id = uuid.uuid4()
    answer = get(program, client_id)
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {client_id} not found"}


def test_a_client_of_another_organization_is_404(program, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        give(their_client, PropertyFactory())
    answer = get(program, their_client.pk)
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {their_client.pk} not found"}


def test_an_id_that_is_none_is_400(program):
    answer = get(program, "42")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"client_id": ["Must be a valid UUID."]}


def test_without_a_key_it_is_401(http, customer):
    assert get(http, customer.pk).status_code == 401
