"""The client and the key that the documents speak of."""

from uuid import UUID

import pytest

from core import tenancy
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory

DOCUMENTED_KEY = "cb67274b99d89ab5"
CLIENT = UUID("e86f4960-f848-4236-b45c-0759b95db5a3")


@pytest.fixture
def john(ours, settings):
    """The document's client with sales to give, and the document's key."""
    settings.API_KEY = settings.ADMIN_API_KEY = DOCUMENTED_KEY
    settings.MIN_PROPERTIES_PER_CITY = 0
    with tenancy.scope(ours.organization.pk):
        city = CityFactory(name="Paris", postal_code="75001", insee_code="75101")
        PropertyFactory.create_batch(40, city=city)
        yield ClientFactory(
            id=CLIENT,
            first_name="John",
            last_name="Doe",
            email="john@example.com",
            subscription_type="pro",
            language="en",
            cities=[city],
        )
