"""GET /admin/cities."""

from datetime import UTC, datetime

import pytest

from core import tenancy
from tests.trackimmo.factories import CityFactory

pytestmark = pytest.mark.django_db


def get(caller, query=None):
    return caller.get("/admin/cities", query or {})


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()]


@pytest.fixture
def some(in_scope):
    """Four cities, one of which has taken a commune over."""
    CityFactory(name="Collonges", insee_code="69063")
    CityFactory(name="Lyon", insee_code="69123", former_codes=["69385"])
    CityFactory(name="Long", insee_code="80486")
    CityFactory(name="Oullins", insee_code="69149")


def test_it_lists_cities_with_all_that_is_known(operator, in_scope):
    city = CityFactory(
        name="Lyon",
        insee_code="69123",
        postal_code="69001",
        postal_codes=["69001", "69002"],
        department_code="69",
        region_name="Auvergne-Rhône-Alpes",
        population=522250,
        refreshed_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    answer = get(operator)
    assert answer.status_code == 200
    assert answer["X-Total-Count"] == "1"
    assert answer.json() == [
        {
            "city_id": str(city.pk),
            "name": "Lyon",
            "postal_code": "69001",
            "insee_code": "69123",
            "postal_codes": ["69001", "69002"],
            "department_code": "69",
            "region_name": "Auvergne-Rhône-Alpes",
            "population": 522250,
            "refreshed_at": "2026-01-02T03:04:05Z",
        }
    ]


def test_it_takes_two_queries(operator, some, counted):
    get(operator, {"limit": 1})
    with counted("GET /admin/cities"):
        assert len(get(operator).json()) == 4


def test_pages_follow_each_other_by_name(operator, some):
    pages = [get(operator, {"limit": 3, "offset": offset}) for offset in (0, 3, 6)]
    assert [names(page) for page in pages] == [["Collonges", "Long", "Lyon"], ["Oullins"], []]
    assert {page["X-Total-Count"] for page in pages} == {"4"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lon", ["Long", "Collonges"]),
        ("LYON", ["Lyon"]),
        ("%", []),
        ("nowhere", []),
        ("", ["Collonges", "Long", "Lyon", "Oullins"]),
    ],
)
def test_cities_are_searched_by_part_of_a_name_and_its_beginning_comes_first(operator, some, search, found):
    answer = get(operator, {"search": search})
    assert names(answer) == found
    assert answer["X-Total-Count"] == str(len(found))


@pytest.mark.parametrize(("code", "found"), [("80486", ["Long"]), ("69385", ["Lyon"]), ("2A004", [])])
def test_a_city_is_found_by_its_code_or_that_of_a_commune_it_took_over(operator, some, code, found):
    assert names(get(operator, {"insee_code": code})) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"insee_code": "lyon"}, "insee_code"),
        ({"insee_code": ""}, "insee_code"),
        ({"insee_code": "٦٩١٢٣"}, "insee_code"),
        ({"search": "a\0b"}, "search"),
        ({"search": "x" * 121}, "search"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"name": "Lyon"}, "name"),
    ],
)
def test_a_bad_parameter_is_400_and_named(operator, some, query, field):
    answer = get(operator, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_cities_of_another_organization_are_not_listed(operator, city, theirs):
    with tenancy.scope(theirs.organization.pk):
        CityFactory(name="Lyonnaise", insee_code="69999")
    assert names(get(operator)) == ["Lyon"]
    assert names(get(operator, {"search": "lyonnaise"})) == []
    assert names(get(operator, {"insee_code": "69999"})) == []


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_the_admin_key_it_is_401(request, city, caller):
    assert get(request.getfixturevalue(caller)).status_code == 401
