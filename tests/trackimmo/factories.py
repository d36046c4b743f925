"""Cities, sales, clients and jobs for the tests, all in the organization in scope."""

import uuid
from datetime import date, timedelta

import factory
from django.utils import timezone

from trackimmo.models import City, Client, ProcessingJob, Property
from trackimmo.selectors.eligibility import today_in_paris


def days_ago(days: int) -> date:
    """The date that many days before today, where the properties are."""
    return today_in_paris() - timedelta(days=days)


SEVEN_YEARS = 7 * 365


class CityFactory(factory.django.DjangoModelFactory):
    """A city with a name and codes of its own, whose data is fresh."""

    class Meta:
        model = City

    insee_code = factory.Sequence(lambda number: f"{number:05}")
    name = factory.Sequence(lambda number: f"Ville {number}")
    postal_code = factory.Sequence(lambda number: f"{number:05}")
    refreshed_at = factory.LazyFunction(timezone.now)


class PropertyFactory(factory.django.DjangoModelFactory):
    """A flat sold seven years ago, at an address of its own."""

    class Meta:
        model = Property

    city = factory.SubFactory(CityFactory)
    mutation_key = factory.LazyFunction(uuid.uuid4)
    address_key = factory.LazyFunction(uuid.uuid4)
    address_raw = factory.Sequence(lambda number: f"{number} RUE DE LA PAIX")
    property_type = "apartment"
    sale_date = factory.LazyFunction(lambda: days_ago(SEVEN_YEARS))
    price = 450_000
    surface = 75
    rooms = 3


class ClientFactory(factory.django.DjangoModelFactory):
    """An active client; `cities=[…]` are the chosen ones."""

    class Meta:
        model = Client
        skip_postgeneration_save = True

    first_name = "Marie"
    last_name = "Durand"
    email = factory.Sequence(lambda number: f"marie{number}@agence.test")
    property_type_preferences = ["house", "apartment"]
    addresses_per_report = 10

    @factory.post_generation
    def cities(self, create, extracted, **kwargs):
        if extracted:
            self.chosen_cities.set(extracted)


class JobFactory(factory.django.DjangoModelFactory):
    """A job that waits for a worker."""

    class Meta:
        model = ProcessingJob

    client = factory.SubFactory(ClientFactory)
    requested_count = 10
