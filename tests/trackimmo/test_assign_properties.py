"""Which properties a client is given."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import somebody_waits_for_a_lock
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory, days_ago
from trackimmo.models import Assignment, Client, Property
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import assign_properties

pytestmark = pytest.mark.django_db


def assign(client, count=10, **options):
    return assign_properties(client=client, count=count, today=today_in_paris(), **options)


def given(client) -> set[uuid.UUID]:
    return set(Assignment.objects.filter(client=client).values_list("property_id", flat=True))


def test_a_client_is_given_as_many_as_asked_for(customer, sales):
    job = JobFactory(client=customer)
    result = assign(customer, count=5, job=job)
    assert result.assigned_count == 5
    assert not result.is_short
    assert set(result.property_ids) == given(customer) <= {sale.pk for sale in sales}
    row = Assignment.objects.get(pk=result.assignment_ids[0])
    assert (row.job, row.status, row.notes) == (job, "new", None)
    assert row.address_key == row.property.address_key
    assert row.organization_id == customer.organization_id


def test_where_fewer_are_eligible_the_client_gets_those(customer, sales):
    result = assign(customer, count=50)
    assert (result.assigned_count, result.requested_count, result.is_short) == (12, 50, True)
    assert given(customer) == {sale.pk for sale in sales}


def test_where_none_is_eligible_nothing_happens(customer):
    result = assign(customer)
    assert (result.assignment_ids, result.is_short) == ((), True)
    assert given(customer) == set()


@pytest.mark.parametrize(
    ("age_days", "eligible"),
    [(6 * 365 - 1, False), (6 * 365, True), (7 * 365, True), (8 * 365, True), (8 * 365 + 1, False)],
)
def test_both_ends_of_the_age_window_count(customer, city, age_days, eligible):
    sale = PropertyFactory(city=city, sale_date=days_ago(age_days))
    assign(customer)
    assert given(customer) == ({sale.pk} if eligible else set())


def test_the_age_window_is_a_setting(customer, city, settings):
    settings.MIN_PROPERTY_AGE_YEARS, settings.MAX_PROPERTY_AGE_YEARS = 1, 2
    young = PropertyFactory(city=city, sale_date=days_ago(400))
    PropertyFactory(city=city)
    assign(customer)
    assert given(customer) == {young.pk}


def test_other_cities_do_not_count(customer, city):
    PropertyFactory(city=CityFactory())
    assert assign(customer).assigned_count == 0


def test_all_chosen_cities_count(customer, city):
    second = CityFactory()
    customer.chosen_cities.add(second)
    sales = {PropertyFactory(city=city).pk, PropertyFactory(city=second).pk}
    assign(customer)
    assert given(customer) == sales


def test_only_the_preferred_types_count(customer, city):
    house = PropertyFactory(city=city, property_type="house")
    PropertyFactory(city=city, property_type="land")
    PropertyFactory(city=city, property_type="commercial")
    assign(customer)
    assert given(customer) == {house.pk}


def test_of_one_address_the_latest_sale_wins_then_the_dearest_then_the_lowest_id(customer, city):
    address = uuid.uuid4()
    PropertyFactory(city=city, address_key=address, sale_date=days_ago(2600), price=900_000)
    PropertyFactory(city=city, address_key=address, sale_date=days_ago(2500), price=100_000)
    twins = [
        PropertyFactory(
            city=city, address_key=address, sale_date=days_ago(2500), price=200_000, pk=uuid.UUID(int=number)
        )
        for number in (7, 3, 5)
    ]
    assign(customer)
    assert given(customer) == {twins[1].pk}


def test_a_sale_outside_the_window_does_not_stand_for_its_address(customer, city):
    address = uuid.uuid4()
    PropertyFactory(city=city, address_key=address, sale_date=days_ago(100))
    eligible = PropertyFactory(city=city, address_key=address)
    assign(customer)
    assert given(customer) == {eligible.pk}


def test_an_address_is_never_given_twice(customer, city):
    address = uuid.uuid4()
    first = PropertyFactory(city=city, address_key=address)
    assign(customer)
    PropertyFactory(city=city, address_key=address, sale_date=days_ago(2300))
    assert assign(customer).assigned_count == 0
    assert given(customer) == {first.pk}


def test_a_sale_whose_address_is_spelled_anew_is_neither_given_again_nor_in_the_way(customer, city):
    sale = PropertyFactory(city=city)
    assign(customer)
    Property.objects.filter(pk=sale.pk).update(address_key=uuid.uuid4())
    assert assign(customer).assigned_count == 0
    others = {fresh.pk for fresh in PropertyFactory.create_batch(5, city=city)}
    assert set(assign(customer, count=5).property_ids) == others


def test_the_next_draw_takes_from_what_is_left(customer, sales):
    assign(customer, count=7)
    assert assign(customer, count=7).assigned_count == 5
    assert given(customer) == {sale.pk for sale in sales}


def test_what_one_client_has_another_may_get(customer, city, sales):
    colleague = ClientFactory(cities=[city])
    assign(customer, count=12)
    assert assign(colleague, count=12).assigned_count == 12


def test_a_seed_repeats_its_draw(customer, city, sales):
    colleague = ClientFactory(cities=[city])
    assert set(assign(customer, count=4, seed=7).property_ids) == set(assign(colleague, count=4, seed=7).property_ids)


def test_without_a_seed_draws_differ(customer, city):
    PropertyFactory.create_batch(60, city=city)
    colleague = ClientFactory(cities=[city])
    # There are 4e15 ways to draw twenty of sixty.
    assert set(assign(customer, count=20).property_ids) != set(assign(colleague, count=20).property_ids)


def test_a_city_of_another_organization_yields_nothing(customer, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CityFactory()
        PropertyFactory(city=foreign)
    customer.chosen_cities.add(foreign)
    assert assign(customer).assigned_count == 0


def test_a_client_of_another_organization_does_not_exist(in_scope, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        PropertyFactory(city=their_client.chosen_cities.get())
    with pytest.raises(Client.DoesNotExist):
        assign(their_client)
    assert not Assignment.unscoped.exists()


def test_outside_a_scope_it_raises(customer):
    with tenancy.no_scope(), pytest.raises(tenancy.TenantScopeMissing):
        assign(customer)


@pytest.mark.django_db(transaction=True)
def test_two_draws_for_one_client_take_turns(customer, sales):
    """The second waits for the first one's end and then gets its full number from what is left."""
    results = []

    def draw_elsewhere() -> None:
        with tenancy.scope(customer.organization_id):
            results.append(assign(customer, count=6))
        connection.close()

    with transaction.atomic():
        first = assign(customer, count=6)
        second = threading.Thread(target=draw_elsewhere)
        second.start()
        eventually(somebody_waits_for_a_lock)
    second.join()
    assert set(first.property_ids) | set(results[0].property_ids) == {sale.pk for sale in sales}


@pytest.mark.django_db(transaction=True)
def test_two_clients_do_not_wait_for_each_other(customer, city, sales):
    colleague = ClientFactory(cities=[city])
    results = []

    def draw_elsewhere() -> None:
        with tenancy.scope(colleague.organization_id):
            results.append(assign(colleague, count=12))
        connection.close()

    with transaction.atomic():
        assign(customer, count=12)
        other = threading.Thread(target=draw_elsewhere)
        other.start()
        other.join(timeout=5)
        assert not other.is_alive()
    assert results[0].assigned_count == 12
