"""GET /admin/client/{client_id}/dry-run: what a draw would do, and why."""

import threading
import uuid
from contextlib import closing
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from core import tenancy
from core.outbox.models import OutboxEvent
from tests.stored import audited, queued_mails
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory, days_ago
from trackimmo.models import Assignment
from trackimmo.selectors import explain_draw, explanation
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import assign_properties

pytestmark = pytest.mark.django_db

SEVEN_YEARS = 7 * 365


def get(caller, client_id, query=""):
    return caller.get(f"/admin/client/{client_id}/dry-run{query}")


def explain(operator, client, query="") -> dict:
    answer = get(operator, client.pk, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def give(client, sale):
    return Assignment.objects.create(client=client, property=sale, address_key=sale.address_key)


@pytest.fixture
def ten(city) -> list:
    """Ten sales, the oldest first, one a month."""
    return [PropertyFactory(city=city, sale_date=days_ago(SEVEN_YEARS - 30 * month)) for month in range(10)]


@pytest.fixture
def left_out(customer, city) -> dict:
    """A sale for each reason to be left out, and the two that are in the way of others."""
    given, twin = uuid.uuid4(), uuid.uuid4()
    sales = {
        "outside_age_window": PropertyFactory(city=city, sale_date=days_ago(100)),
        "other_property_type": PropertyFactory(city=city, property_type="land"),
        "already_assigned": PropertyFactory(city=city, address_key=given, address_raw="1 RUE DONNEE"),
        "address_already_given": PropertyFactory(city=city, address_key=given, address_raw="1 RUE DONNEE"),
        "newer_sale_at_same_address": PropertyFactory(city=city, address_key=twin, sale_date=days_ago(SEVEN_YEARS + 1)),
    }
    PropertyFactory(city=city, address_key=twin)
    give(customer, sales["already_assigned"])
    return sales


def test_it_explains_the_draw(operator, customer, city, counted):
    sale = PropertyFactory(city=city, address_raw="123 RUE DE LA PAIX", sale_date=date(2018, 6, 15), price=450_000)
    with time_machine.travel("2026-01-15T10:30:00Z", tick=False):
        get(operator, uuid.uuid4())
        with counted("GET /admin/client/dry-run"):
            answer = get(operator, customer.pk, "?seed=7")
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.json() == {
        "client_id": str(customer.pk),
        "client_status": "active",
        "date": "2026-01-15",
        "window": {"earliest": "2018-01-17", "latest": "2020-01-17"},
        "requested_count": 10,
        "eligible_count": 1,
        "short_by": 9,
        "seed": 7,
        "total_weight": 1,
        "cities": [{"city_id": str(city.pk), "name": "Lyon", "eligible": 1}],
        "picks": [
            {
                "address_id": str(sale.pk),
                "address_raw": "123 RUE DE LA PAIX",
                "city_name": "Lyon",
                "sale_date": "2018-06-15",
                "price": 450_000,
                "property_type": "apartment",
                "draw_order": 1,
                "rank": 1,
                "weight": 1,
                "share": 1.0,
            }
        ],
        "left_out": {
            "outside_age_window": 0,
            "other_property_type": 0,
            "already_assigned": 0,
            "address_already_given": 0,
            "newer_sale_at_same_address": 0,
        },
        "left_out_examples": [],
    }


@pytest.mark.parametrize("seed", [0, 7, -(2**63), 2**63 - 1])
def test_a_real_draw_with_its_seed_gives_exactly_its_picks(operator, customer, ten, left_out, seed):
    body = explain(operator, customer, f"?seed={seed}&count=6")
    result = assign_properties(client=customer, count=6, today=today_in_paris(), seed=seed)
    assert len(body["picks"]) == 6
    assert {pick["address_id"] for pick in body["picks"]} == {str(pk) for pk in result.property_ids}


def test_a_seed_that_it_made_repeats_its_draw_too(operator, customer, ten):
    body = explain(operator, customer, "?count=5")
    assert 0 <= body["seed"] < 2**53
    result = assign_properties(client=customer, count=5, today=today_in_paris(), seed=body["seed"])
    assert {pick["address_id"] for pick in body["picks"]} == {str(pk) for pk in result.property_ids}


def test_each_pick_has_its_rank_weight_and_share(operator, customer, ten):
    body = explain(operator, customer, "?count=10&seed=3")
    assert body["total_weight"] == 55
    assert [pick["draw_order"] for pick in body["picks"]] == list(range(1, 11))
    by_age = sorted(body["picks"], key=lambda pick: pick["rank"])
    assert [pick["address_id"] for pick in by_age] == [str(sale.pk) for sale in ten]
    assert [(pick["rank"], pick["weight"]) for pick in by_age] == [(n, 11 - n) for n in range(1, 11)]
    assert [pick["share"] for pick in by_age] == [weight / 55 for weight in range(10, 0, -1)]


def test_fewer_picks_are_the_first_of_more(operator, customer, ten):
    some = explain(operator, customer, "?count=4&seed=3")["picks"]
    assert some == explain(operator, customer, "?count=10&seed=3")["picks"][:4]


def test_every_other_sale_is_left_out_for_one_reason(operator, customer, ten, left_out):
    body = explain(operator, customer, "?count=50")
    assert body["left_out"] == dict.fromkeys(left_out, 1)
    assert (body["eligible_count"], body["short_by"], len(body["picks"])) == (11, 39, 11)
    assert {(one["reason"], one["address_id"]) for one in body["left_out_examples"]} == {
        (reason, str(sale.pk)) for reason, sale in left_out.items()
    }


def test_a_sale_counts_under_its_first_reason(operator, customer, city):
    """Old, of another type, and given: three reasons, and the age is asked first."""
    sale = PropertyFactory(city=city, property_type="land", sale_date=days_ago(100))
    give(customer, sale)
    assert explain(operator, customer)["left_out"]["outside_age_window"] == 1
    assert sum(explain(operator, customer)["left_out"].values()) == 1


def test_a_rare_reason_is_among_the_examples_however_frequent_another_is(operator, customer, city):
    PropertyFactory.create_batch(30, city=city, sale_date=days_ago(100))
    rare = PropertyFactory(city=city, property_type="land")
    body = explain(operator, customer)
    assert body["left_out"]["outside_age_window"] == 30
    assert len(body["left_out_examples"]) == 20
    assert [one["address_id"] for one in body["left_out_examples"] if one["reason"] == "other_property_type"] == [
        str(rare.pk)
    ]


def test_only_the_chosen_cities_count_and_each_has_its_figure(operator, customer, city, ten):
    second = CityFactory(name="Albi")
    customer.chosen_cities.add(second)
    PropertyFactory(city=second, sale_date=days_ago(100))
    PropertyFactory(city=CityFactory())
    body = explain(operator, customer)
    assert [(one["name"], one["eligible"]) for one in body["cities"]] == [("Albi", 0), ("Lyon", 10)]
    assert sum(body["left_out"].values()) == 1


def test_the_day_may_be_told(operator, customer, city):
    PropertyFactory(city=city, sale_date=days_ago(6 * 365 - 1))
    assert explain(operator, customer)["eligible_count"] == 0
    tomorrow = today_in_paris() + timedelta(days=1)
    body = explain(operator, customer, f"?date={tomorrow}")
    assert (body["date"], body["eligible_count"]) == (str(tomorrow), 1)


def test_it_writes_nothing(operator, customer, ten):
    explain(operator, customer)
    assert not Assignment.objects.exists()
    assert queued_mails() == audited() == []
    assert not OutboxEvent.unscoped.exists()


def test_the_number_of_queries_does_not_grow(operator, customer, ten, left_out, counted):
    customer.chosen_cities.add(*CityFactory.create_batch(3))
    get(operator, uuid.uuid4())
    with counted("GET /admin/client/dry-run"):
        explain(operator, customer)


@pytest.mark.parametrize("status", ["inactive", "pending", "test"])
def test_a_client_who_is_not_active_is_explained_too(operator, city, ten, status):
    body = explain(operator, ClientFactory(cities=[city], status=status))
    assert (body["client_status"], body["eligible_count"]) == (status, 10)


def test_a_client_without_cities_or_types_has_nothing(operator, customer, ten):
    without_types = ClientFactory(cities=[ten[0].city], property_type_preferences=[])
    assert explain(operator, without_types)["left_out"]["other_property_type"] == 10
    customer.chosen_cities.clear()
    body = explain(operator, customer)
    assert (body["eligible_count"], body["cities"], body["picks"], sum(body["left_out"].values())) == (0, [], [], 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?count=0", "count"),
        ("?count=501", "count"),
        ("?count=ten", "count"),
        ("?seed=9223372036854775808", "seed"),
        ("?seed=-9223372036854775809", "seed"),
        ("?seed=1.5", "seed"),
        ("?date=2026-02-30", "date"),
        ("?date=0001-01-01", "date"),
        ("?date=9999-12-31", "date"),
        ("?date=tomorrow", "date"),
        ("?limit=5", "limit"),
    ],
)
def test_a_bad_parameter_is_400_and_named(operator, customer, query, field):
    answer = get(operator, customer.pk, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_an_unknown_client_is_404(operator):
    client_id = uuid.uuid4()
    answer = get(operator, client_id)
    assert (answer.status_code, answer.json()) == (404, {"detail": f"Client {client_id} not found"})


def test_a_client_of_another_organization_is_404(operator, their_client):
    answer = get(operator, their_client.pk)
    assert (answer.status_code, answer.json()) == (404, {"detail": f"Client {their_client.pk} not found"})


def test_another_organizations_city_that_was_smuggled_in_shows_nothing(operator, customer, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CityFactory()
        PropertyFactory(city=foreign)
    customer.chosen_cities.add(foreign)
    body = explain(operator, customer)
    assert [one["name"] for one in body["cities"]] == ["Lyon"]
    assert (body["eligible_count"], sum(body["left_out"].values()), body["left_out_examples"]) == (0, 0, [])


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_an_admin_key_it_is_401(caller, customer, request):
    assert get(request.getfixturevalue(caller), customer.pk).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_its_figures_are_of_one_moment_whatever_is_assigned_meanwhile(customer, sales, monkeypatch):
    count = explanation._counts

    def draw() -> None:
        with closing(connection), tenancy.scope(customer.organization_id):
            assign_properties(client=customer, count=5, today=today_in_paris())

    def count_and_draw(parameters):
        counted = count(parameters)
        other = threading.Thread(target=draw)
        other.start()
        other.join()
        return counted

    monkeypatch.setattr(explanation, "_counts", count_and_draw)
    explained = explain_draw(customer.pk, today=today_in_paris(), count=50)
    assert Assignment.objects.count() == 5
    assert (explained.eligible_count, len(explained.picks), len(explained.left_out_examples)) == (12, 12, 0)
    assert sum(city.eligible for city in explained.cities) == 12
