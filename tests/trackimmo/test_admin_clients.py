"""Clients in the Django admin."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import tenancy
from core.testing.waiting import eventually
from tests.stored import audited, queued_mails, somebody_waits_for_a_lock
from tests.trackimmo.admin_pages import client_form, path_of
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, ProcessingJob

pytestmark = pytest.mark.django_db


def populate(customer, city, number: int) -> None:
    for sale in PropertyFactory.create_batch(number, city=city):
        Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    for _ in range(number):
        JobFactory(client=ClientFactory(cities=[CityFactory()]))


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


def test_cities_of_another_organization_are_not_offered(staff, city, theirs):
    with tenancy.scope(theirs.organization.pk):
        CityFactory(name="Lyonnaise")
    query = {"app_label": "trackimmo", "model_name": "client", "field_name": "chosen_cities", "term": "lyon"}
    answer = staff.get("/admin/autocomplete/", query)
    assert [row["text"] for row in answer.json()["results"]] == ["Lyon (69123)"]


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


def test_a_client_who_is_deactivated_meanwhile_does_not_keep_the_others_from_being_processed(
    staff, customer, monkeypatch
):
    start = services.start_processing
    colleagues = [ClientFactory(), ClientFactory()]

    def start_late(*, client_id):
        Client.objects.filter(pk=customer.pk).update(status="inactive")
        return start(client_id=client_id)

    monkeypatch.setattr(services, "start_processing", start_late)
    selected = [str(client.pk) for client in (customer, *colleagues)]
    answer = staff.post(path_of(Client), {"action": "process", "_selected_action": selected}, follow=True)
    assert "2 started, 0 already in progress, 1 not active." in answer.content.decode()
    assert set(ProcessingJob.objects.values_list("client", flat=True)) == {one.pk for one in colleagues}


def errors_of(answer) -> dict:
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


def test_a_new_active_client_is_welcomed(staff, city):
    staff.post(path_of(Client, "add"), client_form(chosen_cities=[str(city.pk)]))
    [mail] = queued_mails()
    assert (mail["to"], mail["kind"]) == ("jean@agence.test", "client_welcome")
    assert Client.objects.get().welcomed_at is not None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, ["chosen_cities"]),
        ({"property_type_preferences": []}, ["chosen_cities", "property_type_preferences"]),
    ],
)
def test_an_active_client_needs_a_city_and_a_property_type(staff, in_scope, fields, named):
    answer = staff.post(path_of(Client, "add"), client_form(**fields))
    assert sorted(errors_of(answer)) == named
    assert "An active client needs at least one city." in answer.content.decode()
    assert not Client.objects.exists()
    assert queued_mails() == []


def test_any_other_client_may_have_none_yet(staff, in_scope):
    answer = staff.post(path_of(Client, "add"), client_form(status="pending", property_type_preferences=[]))
    assert answer.status_code == 302
    assert Client.objects.get().status == "pending"
    assert queued_mails() == []


def test_a_pending_client_who_becomes_active_is_welcomed(staff, city):
    client = ClientFactory(cities=[city], status="pending", email="jean@agence.test")
    staff.post(path_of(Client, client.pk, "change"), client_form(chosen_cities=[str(city.pk)]))
    client.refresh_from_db()
    assert client.status == "active"
    assert [mail["kind"] for mail in queued_mails()] == ["client_welcome"]


def test_an_edit_is_recorded_and_sends_nothing(staff, customer, city):
    other = CityFactory()
    form = client_form(
        first_name="Marie",
        last_name="Le Goff",
        email=customer.email,
        subscription_type="decouverte",
        send_day="1",
        property_type_preferences=["house", "apartment"],
        chosen_cities=[str(city.pk), str(other.pk)],
    )
    assert staff.post(path_of(Client, customer.pk, "change"), form).status_code == 302
    customer.refresh_from_db()
    assert (customer.last_name, set(customer.chosen_cities.all())) == ("Le Goff", {city, other})
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("update", "client", str(customer.pk))
    assert entry["changes"] == {
        "last_name": ["Durand", "Le Goff"],
        "chosen_cities": [[str(city.pk)], sorted([str(city.pk), str(other.pk)])],
    }
    assert queued_mails() == []


def test_an_edit_that_makes_him_inactive_ends_his_waiting_job(staff, customer, job, city):
    staff.post(path_of(Client, customer.pk, "change"), client_form(status="inactive", chosen_cities=[str(city.pk)]))
    job.refresh_from_db()
    assert (job.status, job.error_message) == ("failed", "Client deactivated")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "Jean\nBcc: all@agence.test"),
        ("last_name", "x" * 101),
        ("email", "nobody"),
        ("addresses_per_report", "501"),
        ("addresses_per_report", "9" * 30),
        ("send_day", "32"),
        ("status", "asleep"),
        ("language", "de"),
        ("property_type_preferences", ["castle"]),
    ],
)
def test_what_the_api_refuses_is_refused_in_the_form_too(staff, city, field, value):
    answer = staff.post(path_of(Client, "add"), client_form(chosen_cities=[str(city.pk)], **{field: value}))
    assert list(errors_of(answer)) == [field]
    assert not Client.objects.exists()
    assert audited() == []


def test_when_a_client_unsubscribed_is_shown_noted_and_taken_back(staff, customer, city):
    form = client_form(email=customer.email, chosen_cities=[str(city.pk)])
    path = path_of(Client, customer.pk, "change")
    staff.post(path, form | {"unsubscribed_at_0": "2026-11-20", "unsubscribed_at_1": "08:30:00"})
    customer.refresh_from_db()
    assert customer.unsubscribed_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert audited()[-1]["changes"]["unsubscribed_at"] == [None, "2026-11-20T08:30:00+00:00"]
    assert "2026-11-20" in staff.get(path).content.decode()
    assert list(staff.get(path_of(Client), {"unsubscribed_at__isempty": "0"}).context["cl"].result_list) == [customer]
    staff.post(path, form)
    customer.refresh_from_db()
    assert customer.unsubscribed_at is None


def test_the_page_of_a_client_leads_to_his_last_five_jobs(staff, customer, city):
    populate(customer, city, 2)
    jobs = [
        JobFactory(client=customer, status="completed", created_at=datetime(2026, 11, day, 10, 2, tzinfo=UTC))
        for day in range(1, 8)
    ]
    page = staff.get(path_of(Client, customer.pk, "change")).content.decode()
    assert [f"/{job.pk}/change/" in page for job in jobs] == [False, False, True, True, True, True, True]
    assert "2026-11-07 10:02" in page


def test_a_client_made_by_mistake_can_be_deleted(staff, customer):
    assert staff.post(path_of(Client, customer.pk, "delete"), {"post": "yes"}).status_code == 302
    assert not Client.objects.exists()
    assert audited()[-1]["action"] == "delete"


def test_a_client_who_was_worked_for_is_not_deleted(staff, customer, city):
    busy = ClientFactory()
    JobFactory(client=busy, status="failed")
    populate(customer, city, 1)
    for client in (customer, busy):
        assert staff.post(path_of(Client, client.pk, "delete"), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [str(customer.pk)], "post": "yes"}
    staff.post(path_of(Client), selected)
    assert {customer, busy} <= set(Client.objects.all())


def test_selected_clients_are_deactivated(staff, customer, job):
    pending, inactive = ClientFactory(status="pending"), ClientFactory(status="inactive")
    untouched = ClientFactory()
    selected = [str(client.pk) for client in (customer, pending, inactive)]
    answer = staff.post(path_of(Client), {"action": "deactivate", "_selected_action": selected}, follow=True)
    assert "2 deactivated, 1 inactive already." in answer.content.decode()
    assert set(Client.objects.filter(status="inactive")) == {customer, pending, inactive}
    untouched.refresh_from_db()
    job.refresh_from_db()
    assert (untouched.status, job.status, job.error_message) == ("active", "failed", "Client deactivated")
    assert queued_mails() == []


def test_clients_of_another_organization_are_not_deactivated(staff, in_scope, their_client):
    staff.post(path_of(Client), {"action": "deactivate", "_selected_action": [str(their_client.pk)]}, follow=True)
    with tenancy.scope(their_client.organization_id):
        assert Client.objects.get().status == "active"


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_taken_at_the_same_moment_is_refused_in_words(staff, city):
    answers = []

    def call() -> None:
        answers.append(staff.post(path_of(Client, "add"), client_form(chosen_cities=[str(city.pk)])))
        connection.close()

    caller = threading.Thread(target=call)
    with transaction.atomic():
        ClientFactory(email="jean@agence.test")
        caller.start()
        eventually(somebody_waits_for_a_lock)
    caller.join()
    [answer] = answers
    assert (answer.status_code, answer["Location"]) == (302, path_of(Client, "add"))
    words = "There is a client with this e-mail address already."
    assert words in staff.get(path_of(Client, "add")).content.decode()
    assert Client.objects.count() == 1
    assert queued_mails() == []
