"""The clients, the keys and the moments that the documents speak of."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from core import tenancy
from tests.contract.agents_world import World, make_world
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory

DOCUMENTED_KEY = "cb67274b99d89ab5"
WRITTEN = datetime(2025, 10, 1, 12, tzinfo=UTC)
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


@pytest.fixture
def long_logins(settings) -> None:
    """Logins of that day are good today, too: the database ends them, and its clock is not moved."""
    settings.REFRESH_TOKEN_LIFETIME = timedelta(days=36_500)


@pytest.fixture
def written(long_logins):
    """The moment at which the document of AI agents was written: its callbacks are still to come."""
    with time_machine.travel(WRITTEN, tick=False):
        yield


@pytest.fixture
def world(written, ours, in_scope) -> World:
    """What the document of AI agents speaks of."""
    return make_world(ours)
