"""A property is in a city of its own organization: the database sees to it, whoever writes."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import somebody_waits_for_a_lock
from tests.trackimmo.factories import CityFactory, PropertyFactory
from trackimmo.models import City, Property


@pytest.fixture
def their_city(theirs) -> City:
    """A city of the organization next door."""
    with tenancy.scope(theirs.organization.pk):
        return CityFactory()


def refused(statement: str, *parameters: object) -> None:
    """The statement is against the rule, and changes nothing."""
    before = set(Property.unscoped.values_list("id", "city_id", "organization_id"))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    assert refusal.value.__cause__.diag.constraint_name == "property_city_of_organization"
    assert set(Property.unscoped.values_list("id", "city_id", "organization_id")) == before


def test_a_property_needs_a_city_of_its_organization(in_scope, city, their_city):
    sold = PropertyFactory(city=city)
    refused("UPDATE trackimmo_property SET city_id = gen_random_uuid() WHERE id = %s", sold.pk)
    refused("UPDATE trackimmo_property SET city_id = %s WHERE id = %s", their_city.pk, sold.pk)
    refused("UPDATE trackimmo_property SET organization_id = %s", their_city.organization_id)
    with pytest.raises(IntegrityError, match="a property is in no city of its organization"), transaction.atomic():
        PropertyFactory(city=their_city)
    with pytest.raises(IntegrityError), transaction.atomic():
        Property.objects.bulk_create([PropertyFactory.build(city=each) for each in (city, their_city)])
    assert Property.unscoped.count() == 1


def test_a_city_with_properties_stays(in_scope, city):
    PropertyFactory(city=city)
    refused("DELETE FROM trackimmo_city WHERE id = %s", city.pk)
    refused("UPDATE trackimmo_city SET id = gen_random_uuid() WHERE id = %s", city.pk)
    assert City.objects.get() == city


def test_a_city_without_properties_may_go_and_any_may_change(in_scope, city):
    PropertyFactory(city=city)
    CityFactory().delete()
    assert City.objects.update(name="Lyon-sur-Saône") == 1
    Property.objects.update(city=CityFactory())
    city.delete()
    assert City.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_city_that_gets_a_property_at_this_moment_cannot_go(ours):
    with tenancy.scope(ours.organization.pk):
        city = CityFactory()
        outcome = []

        def delete_city() -> None:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM trackimmo_city WHERE id = %s", [city.pk])
                outcome.append("deleted")
            except IntegrityError:
                outcome.append("refused")
            finally:
                connections.close_all()

        thread = threading.Thread(target=delete_city)
        with transaction.atomic():
            PropertyFactory(city=city)
            thread.start()
            eventually(somebody_waits_for_a_lock)
        thread.join()
        assert outcome == ["refused"]
        assert Property.objects.get().city == city


@pytest.mark.django_db(transaction=True)
def test_a_city_that_goes_at_this_moment_gets_no_property(ours):
    with tenancy.scope(ours.organization.pk):
        city = CityFactory()
        outcome = []

        def add_property() -> None:
            try:
                with tenancy.scope(ours.organization.pk):
                    PropertyFactory(city=city)
                outcome.append("added")
            except IntegrityError:
                outcome.append("refused")
            finally:
                connections.close_all()

        thread = threading.Thread(target=add_property)
        with transaction.atomic():
            City.objects.filter(pk=city.pk).delete()
            thread.start()
            eventually(somebody_waits_for_a_lock)
        thread.join()
        assert outcome == ["refused"]
        assert not Property.objects.exists()
