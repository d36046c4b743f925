"""GET /admin/client/{client_id}."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.trackimmo.factories import CityFactory, JobFactory, PropertyFactory
from trackimmo.models import Assignment, Client

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


PATHS = ["/admin/client", "/admin/clients"]


def get(caller, client_id, path=PATHS[0]):
    return caller.get(f"{path}/{client_id}")


@pytest.mark.parametrize("path", PATHS)
def test_it_shows_a_client_with_everything_around_him(operator, customer, city, counted, path):
    Client.objects.update(created_at=NOON, updated_at=NOON)
    job = JobFactory(client=customer, status="completed", created_at=NOON)
    for sale in PropertyFactory.create_batch(3, city=city):
        Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    get(operator, uuid.uuid4())
    with counted("GET /admin/client"):
        answer = get(operator, customer.pk, path)
    assert answer.status_code == 200
    assert answer.json() == {
        "client": {
            "client_id": str(customer.pk),
            "first_name": "Marie",
            "last_name": "Durand",
            "email": customer.email,
            "status": "active",
            "subscription_type": "decouverte",
            "chosen_cities": [str(city.pk)],
            "property_type_preferences": ["house", "apartment"],
            "addresses_per_report": 10,
            "created_at": "2024-01-15T10:30:00Z",
            "send_day": 1,
            "language": "fr",
            "unsubscribed_at": None,
            "updated_at": "2024-01-15T10:30:00Z",
        },
        "assigned_properties_count": 3,
        "recent_jobs": [{"job_id": str(job.pk), "status": "completed", "created_at": "2024-01-15T10:30:00Z"}],
        "cities": [{"city_id": str(city.pk), "name": "Lyon", "postal_code": "69001", "insee_code": "69123"}],
    }


def test_the_last_ten_jobs_are_shown_newest_first(operator, customer):
    jobs = [
        JobFactory(client=customer, status="completed", created_at=NOON + timedelta(hours=hour)) for hour in range(12)
    ]
    shown = [job["job_id"] for job in get(operator, customer.pk).json()["recent_jobs"]]
    assert shown == [str(job.pk) for job in reversed(jobs)][:10]


def test_cities_are_shown_by_name(operator, customer):
    customer.chosen_cities.add(CityFactory(name="Annecy"))
    body = get(operator, customer.pk).json()
    assert [city["name"] for city in body["cities"]] == ["Annecy", "Lyon"]
    assert body["client"]["chosen_cities"] == [city["city_id"] for city in body["cities"]]


def test_an_inactive_client_is_shown_too(operator, customer):
    customer.status = "inactive"
    customer.save(update_fields=["status"])
    assert get(operator, customer.pk).json()["client"]["status"] == "inactive"


def test_an_unknown_client_is_404(operator):
    client_id = uuid.uuid4()
    answer = get(operator, client_id)
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {client_id} not found"}


def test_a_client_of_another_organization_is_404(operator, their_client):
    answer = get(operator, their_client.pk)
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {their_client.pk} not found"}


def test_an_id_that_is_none_is_400(operator):
    answer = get(operator, "not-a-uuid")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"client_id": ["Must be a valid UUID."]}


def test_the_ordinary_key_does_not_open_it(program, customer):
    answer = get(program, customer.pk)
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]


def test_the_ordinary_key_opens_it_where_no_admin_key_is_configured(program, customer, settings):
    settings.ADMIN_API_KEY = ""
    assert get(program, customer.pk).status_code == 200


def test_the_admin_key_in_the_ordinary_header_opens_nothing_else(http, customer):
    answer = http.get(f"/api/get-client-properties/{customer.pk}", headers={"X-API-Key": "demo-admin-key"})
    assert answer.status_code == 401


def test_without_a_key_it_is_401(http, customer):
    assert get(http, customer.pk).status_code == 401
