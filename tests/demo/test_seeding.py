"""`manage.py seed_demo`."""

import pytest
from django.core.management import call_command

from accounts import services as accounts
from accounts.models import Organization, User
from core import tenancy
from demo import data
from tests.trackimmo.factories import CityFactory, PropertyFactory
from trackimmo.models import City, Client, Property

# An import is a transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def state() -> dict[str, int]:
    """How many rows of each kind there are, of all organizations."""
    return {model.__name__: model.unscoped.count() for model in (User, City, Property, Client)}


def test_seeding_again_changes_nothing():
    call_command("seed_demo")
    first = state()
    assert (Organization.objects.count(), first["User"], first["Client"]) == (2, 5, len(data.CLIENTS))
    call_command("seed_demo")
    assert state() == first
    for client in data.CLIENTS:
        cities = (
            Client.unscoped.get(pk=client.id).chosen_cities(manager="unscoped").values_list("insee_code", flat=True)
        )
        assert set(cities) == set(client.cities)


def test_sales_that_somebody_imported_first_are_not_in_the_way():
    demo = accounts.ensure_organization(slug=data.DEMO.slug, name=data.DEMO.name)
    with tenancy.scope(demo.pk):
        sale = PropertyFactory(city=CityFactory(insee_code="75101"))
    call_command("seed_demo")
    assert Client.unscoped.count() == len(data.CLIENTS)
    assert Property.unscoped.filter(pk=sale.pk).exists()
