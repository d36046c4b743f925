"""The lists of AI agents, customers, callbacks and calls in the Django admin."""

from datetime import UTC, datetime, timedelta

import lxml.html
import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from agents.models import AIAgent, Call, Callback, Customer
from config import admin_tables
from core import tenancy
from tests.agents.admin_pages import path_of
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MODELS = [AIAgent, Customer, Callback, Call]
NAMES = [model.__name__ for model in MODELS]


def some_of_each(number: int, start: datetime) -> None:
    """So many agents, each with a person, a customer, a callback and a call."""
    for _ in range(number):
        customer = CustomerFactory()
        CallbackFactory(customer=customer, scheduled_datetime=start)
        CallFactory(customer=customer)


def listed(answer) -> list:
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_list_costs_the_same_for_many_rows(staff, sarah, model):
    some_of_each(1, NOON)
    with CaptureQueriesContext(connection) as few:
        first = listed(staff.get(path_of(model)))
    some_of_each(6, NOON)
    AIAgent.objects.update(assigned_to=sarah.assigned_to)
    with CaptureQueriesContext(connection) as many:
        assert len(listed(staff.get(path_of(model)))) == len(first) + 6
    assert len(many) == len(few) == 4


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_long_table_is_counted_as_far_as_people_page(staff, in_scope, model, monkeypatch):
    monkeypatch.setattr(admin_tables, "COUNTED_ROWS", 3)
    some_of_each(5, NOON)
    assert str(staff.get(path_of(model)).context["cl"].paginator.count) == "3+"


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_rows_of_another_organization_are_neither_listed_nor_opened(staff, in_scope, theirs, model):
    with tenancy.scope(theirs.organization.pk):
        some_of_each(1, NOON)
        foreign = model.objects.get()
    assert listed(staff.get(path_of(model))) == []
    for page in ("change", "delete", "history"):
        assert staff.get(path_of(model, foreign.pk, page)).status_code in {302, 403}


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_staff_who_only_look_see_lists_and_pages_and_write_nothing(ours, in_scope, model):
    some_of_each(1, NOON)
    ours.agent.is_staff = True
    ours.agent.save(update_fields=["is_staff"])
    browser, row = Browser(), model.objects.get()
    browser.force_login(ours.agent)
    assert listed(browser.get(path_of(model))) == [row]
    assert browser.get(path_of(model, row.pk, "change")).status_code == 200
    assert browser.post(path_of(model, row.pk, "change"), {}).status_code == 403
    assert browser.post(path_of(model, row.pk, "delete"), {"post": "yes"}).status_code == 403
    assert browser.post(path_of(model, "add"), {}).status_code == 403
    assert model.objects.count() == 1


@pytest.mark.parametrize("text", ["ZOË", "zoe bl", "zoe@", "+33 6 39 98 00 01", "39980001"])
@pytest.mark.parametrize("model", [Customer, Callback, Call], ids=["Customer", "Callback", "Call"])
def test_customers_and_what_belongs_to_them_are_found_by_name_address_and_number(staff, in_scope, model, text):
    some_of_each(2, NOON)
    zoe = CustomerFactory(name="Zoë Blanc", email="zoe@customers.test", phone_number="+33639980001")
    CallbackFactory(customer=zoe)
    CallFactory(customer=zoe)
    assert [str(getattr(row, "customer", row)) for row in listed(staff.get(path_of(model), {"q": text}))] == [
        "Zoë Blanc"
    ]


def test_agents_are_found_by_name_and_by_their_people(staff, sarah, ours):
    other = AIAgentFactory(name="Nóra")
    for text, found in {"SAR": [sarah], ours.agent.email: [sarah], "nor": [other], "NÓRA": [other], "x": []}.items():
        assert listed(staff.get(path_of(AIAgent), {"q": text})) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "bcd"),
        ({"p": "1"}, "bcd"),
        ({"when": "waiting"}, "bcd"),
        ({"when": "all"}, "dcba"),
        ({"q": "customer"}, "dcba"),
        ({"when": "overdue"}, "b"),
        ({"when": "today"}, "bc"),
        ({"when": "to_come"}, "cd"),
        ({"when": "whenever"}, "bcd"),
        ({"status__exact": "completed"}, "a"),
        ({"priority": "5"}, "b"),
        ({"priority": "9"}, "bcd"),
        ({"priority": "3"}, "cd"),
        ({"priority": "3", "when": "all"}, "dca"),
        ({"scheduled_datetime_from": "2026-11-23"}, "dcb"),
        ({"scheduled_datetime_from": "2026-11-23", "scheduled_datetime_to": "2026-11-23"}, "cb"),
        ({"scheduled_datetime_to": "2026-11-22"}, "a"),
        ({"scheduled_datetime_to": "the 22nd"}, "dcba"),
    ],
    ids=str,
)
@time_machine.travel(NOON, tick=False)
def test_callbacks_are_found_by_what_is_to_be_done(staff, in_scope, query, found):
    customer = CustomerFactory(name="A customer")
    rows = {
        "a": CallbackFactory(customer=customer, scheduled_datetime=NOON - timedelta(days=1), status="completed"),
        "b": CallbackFactory(customer=customer, scheduled_datetime=NOON - timedelta(hours=1), priority_level=5),
        "c": CallbackFactory(customer=customer, scheduled_datetime=NOON + timedelta(hours=1), status="rescheduled"),
        "d": CallbackFactory(customer=customer, scheduled_datetime=NOON + timedelta(days=1)),
    }
    letters = {row.pk: letter for letter, row in rows.items()}
    assert "".join(letters[row.pk] for row in listed(staff.get(path_of(Callback), query))) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"training": "0"}, "a"),
        ({"training": "20"}, "bc"),
        ({"training": "50"}, "d"),
        ({"training": "80"}, "e"),
        ({"training": "90"}, "abcde"),
        ({"quiet": "month"}, "ade"),
        ({"quiet": "ever"}, "de"),
        ({"quiet": "month", "training": "80"}, "e"),
        ({"quiet": "never"}, "abcde"),
    ],
    ids=str,
)
@time_machine.travel(NOON, tick=False)
def test_agents_are_found_by_their_training_and_when_they_called_last(staff, in_scope, query, found):
    month = timedelta(days=30)
    last = {"a": NOON - month - timedelta(seconds=1), "b": NOON - month, "c": NOON, "d": None, "e": None}
    levels = {"a": 19, "b": 20, "c": 49, "d": 50, "e": 100}
    for name, called in last.items():
        AIAgentFactory(name=name, training_level=levels[name], last_call_at=called)
    assert "".join(sorted(agent.name for agent in listed(staff.get(path_of(AIAgent), query)))) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [("yes", "ab"), ("month", "a"), ("no", "c"), ("perhaps", "abc")],
    ids=["yes", "month", "no", "?"],
)
@time_machine.travel(NOON, tick=False)
def test_customers_are_found_by_whether_they_converted(staff, in_scope, asked, found):
    for name, days in {"a": 30, "b": 31}.items():
        at = NOON - timedelta(days=days)
        CustomerFactory(name=name, interest_level="converted", converted_at=at)
    CustomerFactory(name="c")
    assert "".join(sorted(row.name for row in listed(staff.get(path_of(Customer), {"converted": asked})))) == found


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_no_page_shows_a_value_of_a_list_as_python_writes_it(staff, in_scope, model):
    some_of_each(1, NOON)
    for page in (path_of(model), path_of(model, model.objects.get().pk, "change")):
        text = lxml.html.fromstring(staff.get(page).content.decode()).text_content()
        assert "('" not in text.replace("gettext('", "")
        assert "Nov." not in text


def test_the_page_of_a_call_says_its_status_and_whose_callback_it_was_at_a_fixed_cost(
    staff, in_scope, django_assert_num_queries
):
    callback = CallbackFactory(customer__name="Zoë Blanc", scheduled_datetime=NOON)
    call = CallFactory(customer=callback.customer, callback=callback, status="no_answer", started_at=NOON)
    with django_assert_num_queries(3):
        page = staff.get(path_of(Call, call.pk, "change")).content.decode()
    assert "No Answer" in page
    assert page.count("Zoë Blanc, 2026-11-23 12:00") >= 2


def test_what_is_not_known_as_a_filter_is_no_crash(staff, in_scope):
    for model in MODELS:
        assert staff.get(path_of(model), {"agent__id__exact": "x"}).status_code in {302, 400}
        assert staff.get(path_of(model), {"q": "a\0"}).status_code in {200, 400}


def test_an_overdue_callback_is_told_as_such_with_the_time_where_its_agent_is(staff, in_scope):
    agent = AIAgentFactory(timezone="Asia/Tokyo")
    CallbackFactory(customer__agent=agent, scheduled_datetime=datetime(2026, 11, 2, 12, tzinfo=UTC))
    page = staff.get(path_of(Callback)).content.decode()
    assert "Overdue" in page
    assert "Mon 21:00" in page


def test_calls_are_read_only(staff, in_scope):
    call = CallFactory(notes="As it was", duration_seconds=125)
    page = staff.get(path_of(Call, call.pk, "change"))
    assert "2:05" in page.content.decode()
    assert staff.get(path_of(Call, "add")).status_code == 403
    assert staff.post(path_of(Call, call.pk, "change"), {"notes": "Another"}).status_code == 403
    assert staff.post(path_of(Call, call.pk, "delete"), {"post": "yes"}).status_code == 403
    call.refresh_from_db()
    assert call.notes == "As it was"
