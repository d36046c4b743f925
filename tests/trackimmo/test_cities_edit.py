"""POST /admin/cities and PATCH /admin/cities/{city_id}."""

import threading
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from core import tenancy
from tests.stored import audited
from tests.trackimmo.factories import CityFactory
from trackimmo.models import City

pytestmark = pytest.mark.django_db

PATH = "/admin/cities"
AJACCIO = {"insee_code": "2A004", "name": "Ajaccio"}
BAD_FIELDS = [
    ("insee_code", "2004"),
    ("insee_code", "2C004"),
    ("insee_code", "2a004"),
    ("insee_code", "2A0045"),
    ("insee_code", "٦٩١٢٣"),
    ("insee_code", 69123),
    ("insee_code", True),
    ("insee_code", None),
    ("insee_code", ""),
    ("name", ""),
    ("name", "Aja\nccio"),
    ("name", "Aja\0ccio"),
    ("name", "x" * 121),
    ("name", 5),
    ("name", None),
    ("postal_code", "2000"),
    ("postal_code", "20 000"),
    ("postal_code", 20000),
    ("postal_codes", "20000"),
    ("postal_codes", [20000]),
    ("postal_codes", ["20000", "x"]),
    ("postal_codes", ["20000"] * 101),
    ("department_code", "2"),
    ("department_code", "Corse"),
    ("region_name", "x" * 81),
    ("region_name", ["Corse"]),
    ("population", -1),
    ("population", 10**30),
    ("population", "5"),
    ("population", 5.5),
    ("population", True),
    ("refreshed_at", "2026-01-01T00:00:00Z"),
    ("former_codes", []),
    ("city_id", "e86f4960-f848-4236-b45c-0759b95db5a3"),
]


def post(caller, body, **headers):
    return caller.post(PATH, body, format="json", headers=headers)


def patch(caller, city_id, body):
    return caller.patch(f"{PATH}/{city_id}", body, format="json")


def row(city) -> dict:
    return City.unscoped.filter(pk=city.pk).values().get()


def test_a_city_is_created_and_nobody_has_confirmed_it(operator, in_scope, counted):
    operator.get(PATH)
    with counted("POST /admin/cities"):
        answer = post(operator, {**AJACCIO, "postal_code": "20000", "population": 73822})
    assert answer.status_code == 201
    made = City.objects.get()
    assert answer.json() == {
        "city_id": str(made.pk),
        "name": "Ajaccio",
        "postal_code": "20000",
        "insee_code": "2A004",
        "postal_codes": ["20000"],
        "department_code": "2A",
        "region_name": "",
        "population": 73822,
        "refreshed_at": None,
    }
    assert made.organization == in_scope
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("create", "city", str(made.pk))
    assert entry["changes"]["insee_code"] == [None, "2A004"]


@pytest.mark.parametrize(
    ("fields", "main", "all_codes"),
    [
        ({}, "", []),
        ({"postal_codes": ["20000", "20090"]}, "20000", ["20000", "20090"]),
        ({"postal_code": "20090", "postal_codes": ["20000", "20090", "20000"]}, "20090", ["20090", "20000"]),
        ({"postal_code": "", "postal_codes": []}, "", []),
    ],
)
def test_the_main_postal_code_is_the_first_of_all(operator, in_scope, fields, main, all_codes):
    answer = post(operator, AJACCIO | fields).json()
    assert (answer["postal_code"], answer["postal_codes"]) == (main, all_codes)


@pytest.mark.parametrize(("code", "department"), [("69123", "69"), ("2B033", "2B"), ("97411", "974"), ("01004", "01")])
def test_the_department_is_in_the_code(operator, in_scope, code, department):
    assert post(operator, {"insee_code": code, "name": "Somewhere"}).json()["department_code"] == department


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS, ids=lambda value: repr(value)[:40])
def test_a_bad_field_is_400_and_named(operator, city, field, value):
    before = row(city)
    for answer in (post(operator, AJACCIO | {field: value}), patch(operator, city.pk, {"name": "Paris", field: value})):
        assert answer.status_code == 400
        assert {name.partition(".")[0].partition("[")[0] for name in answer.json()["errors"]} == {field}
    assert row(city) == before
    assert City.objects.count() == 1
    assert audited() == []


@pytest.mark.parametrize("missing", ["insee_code", "name"])
def test_a_missing_field_is_400_and_named(operator, in_scope, missing):
    answer = post(operator, {name: value for name, value in AJACCIO.items() if name != missing})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {missing: ["This field is required."]}
    assert not City.objects.exists()


def test_a_second_city_of_a_code_is_409(operator, city):
    answer = post(operator, {"insee_code": city.insee_code, "name": "Lyon again"})
    assert answer.status_code == 409
    assert answer.json()["errors"] == {"insee_code": ["There is a city with this INSEE code already."]}
    assert City.objects.get() == city
    assert audited() == []


def test_a_code_is_free_next_door(operator, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        CityFactory(insee_code="2A004")
    assert post(operator, AJACCIO).status_code == 201


def test_what_is_given_changes_and_the_rest_stays(operator, city, counted):
    before = row(city)
    patch(operator, uuid4(), {})
    with counted("PATCH /admin/cities"):
        answer = patch(
            operator, city.pk, {"name": " Lyon 1er ", "population": None, "postal_codes": ["69002", "69001"]}
        )
    assert answer.status_code == 200
    after = row(city)
    assert {name for name in after if after[name] != before[name]} == {"name", "postal_code", "postal_codes"}
    assert (after["name"], after["postal_code"], after["postal_codes"]) == ("Lyon 1er", "69002", ["69002", "69001"])
    [entry] = audited()
    assert (entry["action"], entry["resource_id"]) == ("update", str(city.pk))
    assert entry["changes"]["name"] == ["Lyon", "Lyon 1er"]


def test_nothing_new_writes_nothing(operator, city):
    patch(operator, city.pk, {"postal_codes": ["69001"]})
    before, entries = row(city), audited()
    assert patch(operator, city.pk, {"name": "Lyon", "postal_code": "69001"}).status_code == 200
    assert patch(operator, city.pk, {}).status_code == 200
    assert (row(city), audited()) == (before, entries)


def test_another_citys_code_is_409(operator, city):
    CityFactory(insee_code="2A004")
    before = row(city)
    answer = patch(operator, city.pk, {"insee_code": "2A004"})
    assert answer.status_code == 409
    assert list(answer.json()["errors"]) == ["insee_code"]
    assert row(city) == before


def test_another_code_is_of_another_department(operator, city):
    answer = patch(operator, city.pk, {"insee_code": "2A004"}).json()
    assert (answer["insee_code"], answer["department_code"]) == ("2A004", "2A")


def test_another_code_is_another_commune_which_nobody_has_confirmed(operator, city):
    assert patch(operator, city.pk, {"name": "Lyon 1er"}).json()["refreshed_at"] is not None
    assert patch(operator, city.pk, {"insee_code": "69381"}).json()["refreshed_at"] is None
    city.refresh_from_db()
    assert city.refreshed_at is None


def test_a_city_that_is_not_ours_is_404_whether_it_exists_or_not(operator, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CityFactory(name="Elsewhere")
    for city_id in (foreign.pk, uuid4()):
        answer = patch(operator, city_id, {"name": "Here"})
        assert answer.status_code == 404
        assert answer.json() == {"detail": f"City {city_id} not found"}
    assert row(foreign)["name"] == "Elsewhere"


def test_an_id_that_is_none_is_400(operator, in_scope):
    answer = patch(operator, "69123", {})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"city_id": ["Must be a valid UUID."]}


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_the_admin_key_it_is_401(request, city, caller):
    caller = request.getfixturevalue(caller)
    assert post(caller, AJACCIO).status_code == 401
    assert patch(caller, city.pk, {"name": "Paris"}).status_code == 401
    assert City.objects.get().name == "Lyon"


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_creations_with_one_code_one_succeeds(ours):
    statuses = []
    start = threading.Barrier(6)

    def call() -> None:
        caller = APIClient(headers={"X-Admin-Key": "demo-admin-key"})
        start.wait()
        statuses.append(post(caller, AJACCIO).status_code)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 5
    assert City.unscoped.count() == 1
