"""TrackImmo in the Django admin."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import admin_tables
from core import tenancy
from tests.stored import audited
from tests.trackimmo.admin_pages import path_of
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from trackimmo.models import (
    Assignment,
    City,
    Client,
    DailyRun,
    Dispatch,
    ProcessingJob,
    Property,
    SalesFile,
)

pytestmark = pytest.mark.django_db

LARGE = [Property, ProcessingJob, Assignment, City, DailyRun, Dispatch, SalesFile]
MODELS = [*LARGE, Client]


def populate(customer, city, number: int) -> None:
    for sale in PropertyFactory.create_batch(number, city=city):
        Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    for _ in range(number):
        job = JobFactory(client=ClientFactory(cities=[CityFactory()]))
        day = date(2027, 1, 1) + timedelta(days=DailyRun.objects.count())
        run = DailyRun.objects.create(day=day, clients_until=timezone.now())
        for kind in ("reminder", "report"):
            Dispatch.objects.create(run=run, client=job.client, kind=kind, month=date(2027, 1, 1), due_on=day, job=job)
        SalesFile.objects.create(insee_code=f"{run.day:%y%j}", year=2019, checked_at=timezone.now())


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


@pytest.mark.parametrize("model", LARGE)
def test_no_list_counts_a_whole_table(staff, customer, city, model, monkeypatch):
    populate(customer, city, 3)
    monkeypatch.setattr(admin_tables, "COUNTED_ROWS", 2)
    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(path_of(model))
    assert answer.context["cl"].result_count == 2
    assert "2+" in answer.content.decode().split()
    counts = [
        query["sql"]
        for query in queries
        if query["sql"].startswith("SELECT COUNT(") and f'"{model._meta.db_table}"' in query["sql"]
    ]
    assert counts
    assert all("LIMIT 3" in sql for sql in counts)


def test_a_list_that_was_counted_in_full_says_how_long_it_is(staff, city, monkeypatch):
    PropertyFactory.create_batch(2, city=city)
    monkeypatch.setattr(admin_tables, "COUNTED_ROWS", 2)
    words = staff.get(path_of(Property)).content.decode().split()
    assert "2" in words
    assert "2+" not in words


def test_ten_thousand_and_more_is_written_with_its_comma():
    assert str(admin_tables.AtLeast(10_000)) == "10,000+"


@pytest.mark.parametrize("model", LARGE)
def test_no_list_counts_what_each_filter_would_show(staff, customer, city, model):
    populate(customer, city, 1)
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(path_of(model), {"_facets": "True"}).status_code == 200
    assert not [query["sql"] for query in queries if "FILTER (WHERE" in query["sql"]]


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


def test_a_second_city_with_the_same_code_is_refused_in_words(staff, city):
    answer = staff.post(path_of(City, "add"), {"name": "Lyon", "insee_code": city.insee_code, "postal_codes": ""})
    assert answer.status_code == 200
    assert "There is a city with this INSEE code already." in answer.content.decode()
    assert City.objects.count() == 1


@pytest.mark.parametrize("model", [Property, ProcessingJob, DailyRun, Dispatch, SalesFile])
def test_what_services_write_cannot_be_edited(staff, customer, city, model):
    populate(customer, city, 1)
    for row in model.objects.all():
        assert staff.post(path_of(type(row), row.pk, "change"), {}).status_code == 403
        assert staff.post(path_of(type(row), row.pk, "delete"), {"post": "yes"}).status_code == 403
        assert staff.get(path_of(type(row), "add")).status_code == 403
        assert type(row).objects.filter(pk=row.pk).exists()


def test_a_new_city_is_set_up_as_over_the_api(staff, in_scope):
    form = {"name": "Ajaccio", "insee_code": "2A004", "postal_code": "20090", "postal_codes": "20000,20090"}
    assert staff.post(path_of(City, "add"), form).status_code == 302
    made = City.objects.get()
    assert (made.department_code, made.postal_codes, made.refreshed_at) == ("2A", ["20090", "20000"], None)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("create", "city", str(made.pk))


def test_of_an_edited_city_only_what_changed_is_recorded(staff, city):
    form = {"name": "Lyon 1er", "insee_code": "69123", "postal_code": "69001", "postal_codes": "69001"}
    staff.post(path_of(City, city.pk, "change"), form)
    city.refresh_from_db()
    assert (city.name, city.postal_codes) == ("Lyon 1er", ["69001"])
    assert audited()[-1]["changes"] == {"name": ["Lyon", "Lyon 1er"], "postal_codes": [[], ["69001"]]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("insee_code", "691"),
        ("insee_code", "2C004"),
        ("postal_code", "6900"),
        ("postal_codes", "69001,x"),
        ("name", "A\nB"),
    ],
)
def test_a_citys_codes_and_name_are_checked_in_the_form_too(staff, in_scope, field, value):
    answer = staff.post(path_of(City, "add"), {"name": "Lyon", "insee_code": "69123", "postal_codes": "", field: value})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not City.objects.exists()


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


@pytest.mark.parametrize("value", [{"notes": "x" * 10_001}, {"notes": "a\0b"}, {"status": "lost"}])
def test_what_the_api_refuses_to_note_is_refused_in_the_form_too(staff, customer, city, value):
    sale = PropertyFactory(city=city)
    given = Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    answer = staff.post(path_of(Assignment, given.pk, "change"), {"status": "sold", **value})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == list(value)
    given.refresh_from_db()
    assert (given.status, given.notes) == ("new", None)


def test_pages_are_titled_for_people(staff, customer, city):
    sale = PropertyFactory(city=city, address_raw="1 RUE DE LA PAIX")
    given = Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    made = datetime(2026, 11, 23, 10, 2, tzinfo=UTC)
    job = JobFactory(client=customer, created_at=made)
    more = JobFactory(client=ClientFactory(first_name="Jean"), kind="add_addresses", created_at=made)
    run = DailyRun.objects.create(day=date(2026, 11, 23), clients_until=made)
    dispatch = Dispatch.objects.create(
        run=run, client=customer, kind="report", month=date(2026, 11, 1), due_on=date(2026, 11, 23)
    )
    titles = {
        customer: "Marie Durand",
        job: "Processing of Marie Durand, 2026-11-23 10:02",
        more: "More addresses for Jean Durand, 2026-11-23 10:02",
        given: "1 RUE DE LA PAIX for Marie Durand",
        dispatch: "Report for Marie Durand, 2026-11-23",
        run: "2026-11-23",
    }
    for row, title in titles.items():
        assert str(row) == title
        assert title in staff.get(path_of(type(row), row.pk, "change")).content.decode()


def test_the_list_of_days_counts_reminders_and_reports_and_leads_to_them(staff, customer):
    run = DailyRun.objects.create(day=date(2026, 11, 23), clients_until=timezone.now())
    DailyRun.objects.create(day=date(2026, 11, 24), clients_until=timezone.now())
    for kind, clients in (("reminder", [customer]), ("report", [customer, ClientFactory()])):
        for client in clients:
            Dispatch.objects.create(run=run, client=client, kind=kind, month=date(2026, 11, 1), due_on=run.day)
    rows = staff.get(path_of(DailyRun)).context["cl"].result_list
    assert [(row.reminder_count, row.report_count) for row in rows] == [(0, 0), (1, 2)]
    link = f"{path_of(Dispatch)}?run__id__exact={run.pk}&amp;kind__exact=report"
    assert link in staff.get(path_of(DailyRun)).content.decode()
    led_to = staff.get(link.replace("&amp;", "&"))
    assert led_to.status_code == 200
    assert led_to.context["cl"].result_count == 2


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
