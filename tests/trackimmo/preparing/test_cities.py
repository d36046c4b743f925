"""Cities whose data is old are refreshed before anything is assigned."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.stored import audited
from tests.trackimmo.factories import CityFactory, JobFactory
from tests.trackimmo.publisher import ABZAC, status
from trackimmo import services
from trackimmo.errors import SourceUnavailable
from trackimmo.models import City
from trackimmo.services.cities import refresh_city
from trackimmo.services.preparation import prepare
from trackimmo.sources import Deadline, GeoClient

pytestmark = pytest.mark.django_db


def grow_old(*cities: City) -> None:
    City.objects.filter(pk__in=[city.pk for city in cities]).update(refreshed_at=timezone.now() - timedelta(days=91))


def test_an_old_one_is_refreshed_and_that_is_recorded(lease, client, abzac, publisher, reported):
    publisher.communes["33001"] = ABZAC | {"nom": "Abzac-sur-l'Isle", "codesPostaux": ["33230", "33231"]}
    grow_old(abzac)
    prepare(lease, client)
    abzac.refresh_from_db()
    assert (abzac.name, abzac.postal_code, abzac.postal_codes) == ("Abzac-sur-l'Isle", "33230", ["33230", "33231"])
    assert (abzac.department_code, abzac.region_name, abzac.population) == ("33", "Nouvelle-Aquitaine", 2001)
    assert abs(abzac.refreshed_at - timezone.now()) < timedelta(minutes=1)
    assert reported == [
        {"step": "refreshing_cities", "percent": 15, "city": "Abzac", "number": 1, "total": 1},
    ]
    [entry] = [entry for entry in audited() if entry["resource_type"] == "city"]
    assert (entry["action"], entry["resource_id"]) == ("update", str(abzac.pk))
    assert entry["changes"] == {
        "name": ["Abzac", "Abzac-sur-l'Isle"],
        "postal_codes": [["33230"], ["33230", "33231"]],
        "department_code": ["", "33"],
        "region_name": ["", "Nouvelle-Aquitaine"],
        "population": [None, 2001],
    }


def test_one_that_was_never_refreshed_is(lease, client, abzac, publisher):
    City.objects.update(refreshed_at=None)
    prepare(lease, client)
    assert publisher.asked == ["/geo/communes"]


@pytest.mark.parametrize(("days", "requests"), [(89, 0), (91, 1)])
def test_how_old_is_too_old_is_a_setting(lease, client, publisher, settings, days, requests):
    settings.CITY_MAX_AGE_DAYS = 90
    City.objects.update(refreshed_at=timezone.now() - timedelta(days=days))
    prepare(lease, client)
    assert len(publisher.requests) == requests


def test_what_has_not_changed_is_not_recorded(lease, client, abzac, publisher):
    publisher.communes["33001"] = {"nom": "Abzac", "code": "33001", "codesPostaux": ["33230"]}
    grow_old(abzac)
    prepare(lease, client)
    assert audited() == []
    abzac.refresh_from_db()
    assert abzac.refreshed_at > timezone.now() - timedelta(minutes=1)


def test_what_the_state_leaves_out_stays_as_it_is(lease, client, abzac, publisher):
    known = {"postal_codes": ["33230"], "department_code": "33", "region_name": "Aquitaine", "population": 1990}
    City.objects.update(**known)
    publisher.communes["33001"] = {"nom": "Abzac", "code": "33001", "population": None}
    grow_old(abzac)
    prepare(lease, client)
    assert City.objects.values(*known).get() == known
    assert audited() == []


def test_one_that_the_state_does_not_know_stays_as_it_is_and_has_been_looked_at(
    lease, client, abzac, publisher, caplog
):
    grow_old(abzac)
    prepare(lease, client)
    before = abzac.name
    abzac.refresh_from_db()
    assert (abzac.name, abzac.postal_codes) == (before, ["33230"])
    assert abzac.refreshed_at > timezone.now() - timedelta(minutes=1)
    assert audited() == []
    assert "city_unknown_to_the_state" in caplog.text


def test_when_the_second_cannot_be_refreshed_the_first_stays_refreshed(lease, client, abzac, publisher):
    second = CityFactory(insee_code="33002")
    client.chosen_cities.add(second)
    grow_old(abzac, second)
    publisher.communes["33001"] = ABZAC
    publisher.next = [publisher.usual, *[status(500)] * 3]
    with pytest.raises(SourceUnavailable, match=f"^{publisher.host}: answered 500$"):
        prepare(lease, client)
    abzac.refresh_from_db()
    second.refresh_from_db()
    assert abzac.region_name == "Nouvelle-Aquitaine"
    assert second.refreshed_at < timezone.now() - timedelta(days=90)


def test_one_that_is_deleted_meanwhile_is_no_error(in_scope, publisher):
    refresh_city(city_id=uuid.uuid4(), insee_code="33001", geo=GeoClient(), deadline=Deadline.after(5))
    assert publisher.asked == ["/geo/communes"]
    assert not City.objects.exists()
    assert audited() == []


def test_a_source_that_fails_gives_the_job_another_attempt_and_says_why(client, abzac, publisher):
    grow_old(abzac)
    publisher.next = [status(500)] * 3
    job = JobFactory(client=client)
    services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempt_count) == ("pending", 1)
    assert job.error_message == f"{publisher.host}: answered 500"
