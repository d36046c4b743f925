"""TrackImmo in the Django admin."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from core import tenancy
from tests.trackimmo.conftest import audited
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from trackimmo.admin import base
from trackimmo.models import Assignment, City, Client, ProcessingJob, Property

pytestmark = pytest.mark.django_db

MODELS = [City, Property, Client, ProcessingJob, Assignment]


@pytest.fixture
def staff(ours) -> Browser:
    """A browser in which a superuser of ours is logged in."""
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save(update_fields=["is_staff", "is_superuser"])
    browser = Browser()
    browser.force_login(ours.admin)
    return browser


def path_of(model: type, *parts: object) -> str:
    return "/".join(["/admin/trackimmo", model._meta.model_name, *(str(part) for part in parts), ""])


def populate(customer, city, number: int) -> None:
    for sale in PropertyFactory.create_batch(number, city=city):
        Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    for _ in range(number):
        JobFactory(client=ClientFactory(cities=[CityFactory()]))


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(staff, customer, city, model):
    populate(customer, city, 2)
    staff.get(path_of(model))
    with CaptureQueriesContext(connection) as few:
        assert staff.get(path_of(model)).status_code == 200
    populate(customer, city, 10)
    with CaptureQueriesContext(connection) as many:
        assert staff.get(path_of(model)).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize("model", [Property, ProcessingJob, Assignment, City])
def test_no_list_counts_a_whole_table(staff, customer, city, model, monkeypatch):
    populate(customer, city, 3)
    monkeypatch.setattr(base, "COUNTED_ROWS", 2)
    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(path_of(model))
    assert answer.context["cl"].result_count == 2
    counts = [
        query["sql"] for query in queries if "COUNT(" in query["sql"] and f'"{model._meta.db_table}"' in query["sql"]
    ]
    assert counts
    assert all("LIMIT 2" in sql for sql in counts)


@pytest.mark.parametrize("model", [Property, ProcessingJob, Assignment, City])
def test_no_list_counts_what_each_filter_would_show(staff, customer, city, model):
    populate(customer, city, 1)
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(path_of(model), {"_facets": "True"}).status_code == 200
    assert not [query["sql"] for query in queries if "FILTER (WHERE" in query["sql"]]


def test_the_list_of_clients_tells_what_each_has_and_counts_for_its_page_only(staff, customer, city):
    customer.chosen_cities.add(CityFactory())
    populate(customer, city, 3)
    with CaptureQueriesContext(connection) as queries:
        rows = staff.get(path_of(Client)).context["cl"].result_list
    told = {row.pk: (row.city_count, row.given_count, row.last_job_status) for row in rows}
    assert told[customer.pk] == (2, 3, None)
    assert {facts for pk, facts in told.items() if pk != customer.pk} == {(1, 0, "pending")}
    # Where the outer query groups, the counts are made for every client there is before the page is cut out.
    assert [query["sql"] for query in queries if "given_count" in query["sql"]]
    for query in queries:
        _, _, outer = query["sql"].partition('FROM "trackimmo_client" ')
        assert "GROUP BY" not in outer


@pytest.mark.parametrize("model", MODELS)
def test_a_row_can_be_opened(staff, customer, city, model):
    populate(customer, city, 1)
    row = model.objects.first()
    answer = staff.get(path_of(model, row.pk, "change"))
    assert answer.status_code == 200


@pytest.mark.parametrize("model", [Property, Assignment])
def test_pages_that_show_sales_are_kept_from_search_engines(staff, customer, city, model):
    populate(customer, city, 1)
    for path in (path_of(model), path_of(model, model.objects.first().pk, "change")):
        assert staff.get(path)["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("model", MODELS)
def test_rows_of_another_organization_do_not_exist(staff, theirs, model):
    with tenancy.scope(theirs.organization.pk):
        city = CityFactory(name="Elsewhere")
        populate(ClientFactory(cities=[city]), city, 1)
        row = model.objects.first()
    assert staff.get(path_of(model)).context["cl"].result_count == 0
    answer = staff.get(path_of(model, row.pk, "change"))
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


def test_cities_of_another_organization_are_not_offered(staff, city, theirs):
    with tenancy.scope(theirs.organization.pk):
        CityFactory(name="Lyonnaise")
    query = {"app_label": "trackimmo", "model_name": "client", "field_name": "chosen_cities", "term": "lyon"}
    answer = staff.get("/admin/autocomplete/", query)
    assert [row["text"] for row in answer.json()["results"]] == ["Lyon (69123)"]


def client_form(**fields) -> dict:
    return {
        "first_name": "Jean",
        "last_name": "Petit",
        "email": "jean@agence.test",
        "language": "fr",
        "status": "active",
        "subscription_type": "pro",
        "addresses_per_report": "10",
        "send_day": "5",
        "property_type_preferences": ["house", "land"],
        **fields,
    }


def test_a_new_client_is_born_into_the_organization(staff, city, ours):
    answer = staff.post(path_of(Client, "add"), client_form(chosen_cities=[str(city.pk)]))
    assert answer.status_code == 302
    made = Client.objects.get()
    assert made.organization == ours.organization
    assert made.property_type_preferences == ["house", "land"]
    assert list(made.chosen_cities.all()) == [city]
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["user_id"]) == ("create", "client", str(ours.admin.pk))


def test_a_second_client_with_the_same_address_is_refused_in_words(staff, customer):
    answer = staff.post(path_of(Client, "add"), client_form(email=customer.email.upper()))
    assert answer.status_code == 200
    assert "There is a client with this e-mail address already." in answer.content.decode()
    assert Client.objects.count() == 1


def test_a_second_city_with_the_same_code_is_refused_in_words(staff, city):
    answer = staff.post(path_of(City, "add"), {"name": "Lyon", "insee_code": city.insee_code, "postal_codes": ""})
    assert answer.status_code == 200
    assert "There is a city with this INSEE code already." in answer.content.decode()
    assert City.objects.count() == 1


def test_a_city_of_another_organization_cannot_be_chosen(staff, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CityFactory()
    answer = staff.post(path_of(Client, "add"), client_form(chosen_cities=[str(foreign.pk)]))
    assert answer.status_code == 200
    assert not Client.objects.exists()


def test_selected_clients_are_processed(staff, customer, job):
    idle, inactive = ClientFactory(), ClientFactory(status="inactive")
    selected = [str(client.pk) for client in (customer, idle, inactive)]
    answer = staff.post(path_of(Client), {"action": "process", "_selected_action": selected}, follow=True)
    assert "1 started, 1 already in progress, 1 not active." in answer.content.decode()
    assert set(ProcessingJob.objects.values_list("client", flat=True)) == {customer.pk, idle.pk}


def test_what_services_write_cannot_be_edited(staff, job, city):
    sale = PropertyFactory(city=city)
    for row in (job, sale):
        assert staff.post(path_of(type(row), row.pk, "change"), {}).status_code == 403
        assert staff.post(path_of(type(row), row.pk, "delete"), {"post": "yes"}).status_code == 403
        assert staff.get(path_of(type(row), "add")).status_code == 403
        assert type(row).objects.filter(pk=row.pk).exists()


def test_a_city_with_sales_cannot_be_deleted(staff, city):
    PropertyFactory.create_batch(2, city=city)
    assert staff.get(path_of(City, city.pk, "delete")).status_code == 403
    assert staff.post(path_of(City, city.pk, "delete"), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [str(city.pk)], "post": "yes"}
    assert "delete_selected" not in staff.post(path_of(City), selected).content.decode()
    assert City.objects.get() == city


def test_a_city_made_by_mistake_can_be_deleted(staff, city):
    assert staff.post(path_of(City, city.pk, "delete"), {"post": "yes"}).status_code == 302
    assert not City.objects.exists()
    assert audited()[-1]["action"] == "delete"


def test_what_became_of_an_assignment_is_noted(staff, customer, city):
    sale = PropertyFactory(city=city)
    given = Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    answer = staff.post(path_of(Assignment, given.pk, "change"), {"status": "contacted", "notes": "Calls back"})
    assert answer.status_code == 302
    given.refresh_from_db()
    assert (given.status, given.notes, given.property) == ("contacted", "Calls back", sale)
    assert audited()[-1]["changes"] == {"status": ["new", "contacted"], "notes": [None, "Calls back"]}


@pytest.mark.parametrize(
    ("term", "found"),
    [("lyo", 2), ("69001", 2), ("69123", 2), ("annecy", 1), ("paix", 0)],
)
def test_properties_are_searched_by_city(staff, city, term, found):
    PropertyFactory.create_batch(2, city=city)
    PropertyFactory(city=CityFactory(name="Annecy"))
    assert staff.get(path_of(Property), {"q": term}).context["cl"].result_count == found


def test_properties_of_a_chosen_city_are_searched_by_address(staff, city):
    PropertyFactory(city=city, address_raw="1 RUE DE LA PAIX")
    PropertyFactory(city=city, address_raw="2 AVENUE FOCH")
    PropertyFactory(address_raw="3 RUE DE LA PAIX")
    answer = staff.get(path_of(Property), {"q": "paix", "city__id__exact": str(city.pk)})
    assert [row.address_raw for row in answer.context["cl"].result_list] == ["1 RUE DE LA PAIX"]


def test_a_property_is_found_by_its_id(staff, city):
    sale, _ = PropertyFactory.create_batch(2, city=city)
    assert list(staff.get(path_of(Property), {"q": str(sale.pk)}).context["cl"].result_list) == [sale]


def test_every_model_is_registered():
    assert all(admin.site.is_registered(model) for model in MODELS)
