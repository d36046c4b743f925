"""What a job costs before it assigns when nothing is missing, and when nothing can be found."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import tenancy
from tests.trackimmo.factories import PropertyFactory
from trackimmo.errors import ClientIncomplete
from trackimmo.models import City
from trackimmo.selectors.eligibility import age_window
from trackimmo.services.preparation import prepare, years_of

pytestmark = pytest.mark.django_db


def test_it_costs_one_query_and_no_report(lease, client, abzac, reported, settings):
    settings.MIN_PROPERTIES_PER_CITY = 3
    PropertyFactory.create_batch(3, city=abzac)
    with CaptureQueriesContext(connection) as queries:
        prepare(lease, client)
    assert len(queries) == 1, [query["sql"] for query in queries]
    assert reported == []


def test_nor_when_the_files_were_looked_for_lately(lease, client, publisher, reported, settings):
    settings.MIN_PROPERTIES_PER_CITY = 3
    prepare(lease, client)
    reported.clear()
    publisher.requests.clear()
    with CaptureQueriesContext(connection) as queries:
        prepare(lease, client)
    assert len(queries) == 1
    assert reported == publisher.requests == []


def test_a_minimum_of_none_fetches_nothing(lease, client, publisher, settings):
    settings.MIN_PROPERTIES_PER_CITY = 0
    prepare(lease, client)
    assert publisher.requests == []


def test_without_cities_nothing_can_be_found(lease, client, reported):
    client.chosen_cities.clear()
    with pytest.raises(ClientIncomplete, match=f"^Client {client.pk} has no chosen cities$"):
        prepare(lease, client)
    assert reported == []


def test_nor_without_types(lease, client, reported):
    client.property_type_preferences = []
    with pytest.raises(ClientIncomplete, match=f"^Client {client.pk} has no property type preferences$"):
        prepare(lease, client)


def test_cities_next_door_are_not_seen(lease, client, their_client, theirs, publisher):
    with tenancy.scope(theirs.organization.pk):
        City.objects.update(refreshed_at=None)
    with pytest.raises(ClientIncomplete):
        prepare(lease, their_client)
    assert publisher.requests == []


@pytest.mark.parametrize(
    ("today", "years"),
    [("2026-11-23", [2018, 2019, 2020]), ("2026-01-01", [2018, 2019, 2020]), ("2026-12-30", [2019, 2020])],
)
def test_the_years_are_those_that_the_window_has_days_of(today, years):
    assert list(years_of(age_window(today=date.fromisoformat(today)))) == years
