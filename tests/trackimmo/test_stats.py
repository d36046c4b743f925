"""GET /admin/stats."""

import uuid

import pytest

from core import tenancy
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from trackimmo.models import Assignment

pytestmark = pytest.mark.django_db

PATH = "/admin/stats"
NOTHING = {
    "total_clients": 0,
    "active_clients": 0,
    "total_properties": 0,
    "total_assignments": 0,
    "jobs_pending": 0,
    "jobs_processing": 0,
    "jobs_completed": 0,
    "jobs_failed": 0,
}


@pytest.fixture
def something(city) -> None:
    """Something of everything, each in another number."""
    clients = [ClientFactory(cities=[city], status=status) for status in ("active",) * 4 + ("inactive", "test")]
    sales = [*PropertyFactory.create_batch(5, city=city), *PropertyFactory.create_batch(3, city=CityFactory())]
    for sale in sales[:7]:
        Assignment.objects.create(client=clients[0], property=sale, address_key=sale.address_key)
    # A client has one active job at most.
    for client in clients[:3]:
        JobFactory(client=client)
    for client in clients[3:5]:
        JobFactory(client=client, status="processing", lease_token=uuid.uuid4())
    for _ in range(4):
        JobFactory(client=clients[0], status="completed")
    JobFactory(client=clients[0], status="failed")


EVERYTHING = {
    "total_clients": 6,
    "active_clients": 4,
    "total_properties": 8,
    "total_assignments": 7,
    "jobs_pending": 3,
    "jobs_processing": 2,
    "jobs_completed": 4,
    "jobs_failed": 1,
}


def test_it_counts_everything(operator, something, counted):
    operator.get(f"{PATH}?surprise")
    with counted("GET /admin/stats"):
        answer = operator.get(PATH)
    assert answer.status_code == 200
    assert answer.json() == EVERYTHING


def test_where_there_is_nothing_it_counts_nothing(operator, counted):
    operator.get(f"{PATH}?surprise")
    with counted("GET /admin/stats"):
        assert operator.get(PATH).json() == NOTHING


def test_another_organization_is_not_counted(operator, something, their_client, theirs):
    with tenancy.scope(theirs.organization.pk):
        sale = PropertyFactory()
        Assignment.objects.create(client=their_client, property=sale, address_key=sale.address_key)
        JobFactory(client=their_client)
    assert operator.get(PATH).json() == EVERYTHING


def test_a_parameter_is_400(operator):
    answer = operator.get(f"{PATH}?status=active")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["status"]


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_an_admin_key_it_is_401(caller, ours, request):
    assert request.getfixturevalue(caller).get(PATH).status_code == 401
