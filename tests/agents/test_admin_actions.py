"""Acting on ticked rows in the Django admin, and what a row's page tells of what happened to it."""

from datetime import UTC, datetime, time, timedelta

import lxml.html
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.admin import declining
from agents.models import AIAgent, Call, Callback, Customer
from core import tenancy
from tests.agents.admin_pages import path_of
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 58, 30, tzinfo=UTC)


@pytest.fixture
def told(staff):
    """Act on these rows and return what the page says then."""

    def act(action: str, *rows) -> list[str]:
        chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows], "confirmed": "yes"}
        page = staff.post(path_of(type(rows[0])), chosen, follow=True)
        assert page.status_code == 200
        return [str(message) for message in page.context["messages"]]

    return act


@pytest.mark.parametrize(
    ("action", "status", "level"),
    [("activate", "active", 60), ("pause", "paused", 60), ("reset_training", "training", 0)],
)
def test_agents_are_activated_paused_and_trained_anew(told, sarah, action, status, level):
    second, untouched = AIAgentFactory(status="optimizing"), AIAgentFactory(status="optimizing")
    already = action == "activate"
    words = "1 done, 1 as it should be already." if already else "2 done."
    assert told(action, sarah, second) == [words]
    for agent in (sarah, second):
        agent.refresh_from_db()
        assert (agent.status, agent.training_level) == (status, level)
    untouched.refresh_from_db()
    assert untouched.status == "optimizing"
    assert len(audited()) == 2 - already


def test_callbacks_are_completed_and_those_that_cannot_be_say_why(told, in_scope):
    first, second = CallbackFactory(), CallbackFactory(status="completed")
    cancelled = CallbackFactory(status="cancelled")
    assert told("complete", first, second, cancelled) == [
        "1 done, 1 as it should be already, 1 refused."
        " 1: The callback is cancelled: only its notes and its outcome can be changed."
    ]
    assert [row.status for row in Callback.objects.order_by("pk")].count("completed") == 2
    assert [entry["resource_id"] for entry in audited()] == [str(first.pk)]


def test_callbacks_are_cancelled(told, in_scope):
    customer = CustomerFactory(next_followup=CallbackFactory().scheduled_datetime)
    callback = CallbackFactory(customer=customer)
    assert told("cancel", callback) == ["1 done."]
    callback.refresh_from_db()
    customer.refresh_from_db()
    assert (callback.status, customer.next_followup) == ("cancelled", None)


@time_machine.travel(NOW, tick=False)
def test_callbacks_are_spread_over_free_slots_from_now_on(told, in_scope):
    agent = AIAgentFactory(working_hours_start=time(9), working_hours_end=time(18))
    customers = CustomerFactory.create_batch(3, agent=agent)
    late, urgent = (
        CallbackFactory(customer=customer, scheduled_datetime=NOW - timedelta(days=day), priority_level=day)
        for customer, day in zip(customers, (1, 5), strict=False)
    )
    in_the_way = CallbackFactory(customer=customers[2], scheduled_datetime=datetime(2026, 11, 23, 9, 15, tzinfo=UTC))
    assert told("reschedule", late, urgent) == [
        "2 done.",
        "The new times: 2026-11-23 09:00 to 2026-11-23 09:30 UTC.",
    ]
    for callback, minute in ((urgent, 0), (late, 30), (in_the_way, 15)):
        callback.refresh_from_db()
        assert callback.scheduled_datetime == datetime(2026, 11, 23, 9, minute, tzinfo=UTC)
    assert (urgent.status, in_the_way.status) == ("rescheduled", "scheduled")


def test_customers_are_not_called_any_more(told, in_scope):
    customer, known = CustomerFactory(), CustomerFactory(do_not_call=True)
    callback = CallbackFactory(customer=customer)
    assert told("do_not_call_any_more", customer, known) == ["1 done, 1 as it should be already."]
    customer.refresh_from_db()
    callback.refresh_from_db()
    assert (customer.do_not_call, callback.status) == (True, "cancelled")


FINAL = [("complete", Callback), ("cancel", Callback), ("do_not_call_any_more", Customer), ("reset_training", AIAgent)]


@pytest.mark.parametrize(("action", "model"), FINAL, ids=[action for action, _ in FINAL])
def test_before_what_cannot_be_taken_back_somebody_is_asked(staff, in_scope, action, model):
    CallbackFactory(customer__name="<b>Zoë</b>", customer__agent__name="<b>Zoë</b>")
    row = model.objects.get()
    before = model.objects.values().get()
    page = staff.post(path_of(model), {"action": action, "_selected_action": [str(row.pk)]})
    assert page.status_code == 200
    assert model.objects.values().get() == before
    assert audited() == []
    html = page.content.decode()
    assert "&lt;b&gt;Zoë&lt;/b&gt;" in html
    assert "<b>" not in html
    [form] = [form for form in lxml.html.fromstring(html).forms if "confirmed" in form.fields]
    assert staff.post(path_of(model), dict(form.form_values())).status_code == 302
    assert model.objects.values().get() != before
    assert audited()


def test_of_many_the_first_are_named_and_the_number_is_told_at_a_fixed_cost(staff, in_scope):
    def asked(rows) -> tuple[str, int]:
        chosen = {"action": "cancel", "_selected_action": [str(row.pk) for row in rows]}
        with CaptureQueriesContext(connection) as queries:
            page = staff.post(path_of(Callback), chosen)
        return page.content.decode(), len(queries)

    rows = [CallbackFactory(customer__name=f"Customer {number}") for number in range(23)]
    one, few = asked(rows[:1])
    all_of_them, many = asked(rows)
    assert "Customer 0, 2" in one
    assert "more</li>" not in one
    assert "Cancel the selected callbacks: 23" in all_of_them
    assert "and 3 more" in all_of_them
    assert few == many


def test_all_of_a_list_is_what_the_list_shows_also_after_the_question(staff, in_scope):
    waiting = CallbackFactory(status="rescheduled")
    talking = CallbackFactory(status="in_progress")
    all_of_it = {"action": "cancel", "_selected_action": [str(waiting.pk)], "select_across": "1"}
    page = staff.post(path_of(Callback), all_of_it)
    assert "Cancel the selected callbacks: 1" in page.content.decode()
    [form] = [form for form in lxml.html.fromstring(page.content).forms if "confirmed" in form.fields]
    assert staff.post(path_of(Callback), dict(form.form_values())).status_code == 302
    for row, status in ((waiting, "cancelled"), (talking, "in_progress")):
        row.refresh_from_db()
        assert row.status == status


def test_more_customers_than_a_person_waits_for_are_refused_together(told, in_scope, monkeypatch):
    monkeypatch.setattr(declining, "MOST_AT_ONCE", 1)
    customers = CustomerFactory.create_batch(2)
    [words] = told("do_not_call_any_more", *customers)
    assert words == "2 match, and 1 are the most for one request. Narrow the filters."
    assert not Customer.objects.filter(do_not_call=True).exists()
    assert audited() == []


def test_more_callbacks_than_a_bulk_action_takes_are_refused_together(told, in_scope, monkeypatch):
    for module in ("agents.admin.bulk", "agents.services.bulk.choosing"):
        monkeypatch.setattr(f"{module}.MOST", 1)
    callbacks = CallbackFactory.create_batch(2)
    [words] = told("cancel", *callbacks)
    assert words == "2 match, and 1 are the most for one request. Narrow the filters."
    assert not Callback.objects.filter(status="cancelled").exists()


def test_rows_of_another_organization_are_not_acted_on(told, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CallbackFactory()
    told("cancel", foreign)
    assert Callback.unscoped.get().status == "scheduled"


@pytest.mark.parametrize("model", [AIAgent, Customer, Callback], ids=["agents", "customers", "callbacks"])
def test_nothing_is_deleted_by_the_list(staff, in_scope, model):
    CallbackFactory()
    row = model.objects.get()
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    staff.post(path_of(model), chosen)
    assert model.objects.filter(pk=row.pk).exists()


def test_the_pages_of_agents_and_customers_tell_what_happened(staff, in_scope):
    customer = CustomerFactory(name="Zoë Blanc")
    callback = CallbackFactory(customer=customer, reason="Wants an offer")
    call = CallFactory(customer=customer, callback=callback, outcome="callback_requested")
    for row in (customer.agent, customer):
        page = staff.get(path_of(type(row), row.pk, "change")).content.decode()
        for other in (callback, call):
            assert path_of(type(other), other.pk, "change") in page
        own = f"{row._meta.model_name.removeprefix('ai')}__id__exact={row.pk}"
        assert f"{path_of(Callback)}?{own}&amp;when=all" in page
        assert "Callback Requested" in page
        assert "Wants an offer" in page
        assert f"{path_of(Call)}?{own}" in page
    page = staff.get(path_of(Callback, callback.pk, "change")).content.decode()
    assert path_of(Call, call.pk, "change") in page


def test_the_page_of_an_agent_shows_ten_of_each_and_costs_the_same_for_many(staff, sarah, django_assert_num_queries):
    for number in range(12):
        customer = CustomerFactory(agent=sarah)
        at = NOW + number * timedelta(hours=1)
        CallbackFactory(customer=customer, scheduled_datetime=at)
        CallFactory(customer=customer, started_at=at)
    with django_assert_num_queries(8):
        page = staff.get(path_of(AIAgent, sarah.pk, "change")).content.decode()
    for model, shown in ((Callback, range(10)), (Call, range(2, 12))):
        rows = model.objects.order_by("created_at")
        assert [number for number, row in enumerate(rows) if path_of(model, row.pk, "change") in page] == list(shown)
