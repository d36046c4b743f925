"""Setting AI agents up, writing customers down and booking callbacks in the Django admin."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from agents.models import AIAgent, Callback, Customer
from agents.services.callbacks import update_callback
from core import tenancy
from core.actor import Actor
from core.testing.waiting import eventually
from tests.agents.admin_pages import errors_of, path_of, sent_by
from tests.agents.conftest import AGENTS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.stored import audited, somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db

SLOT = datetime(2030, 1, 7, 10, tzinfo=UTC)


def changed(row, **fields):
    """The row as it is stored now, which has these values."""
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in fields} == fields
    return row


def test_an_agent_is_set_up_through_the_service(staff, in_scope, ours):
    path = path_of(AIAgent, "add")
    said = {"name": "Nora", "owner": str(ours.client.pk), "business_info": '{"company_name": "Nord"}'}
    assert staff.post(path, sent_by(staff.get(path), **said)).status_code == 302
    agent = AIAgent.objects.get()
    assert (agent.name, agent.owner, agent.created_by, agent.status) == ("Nora", ours.client, ours.admin, "training")
    assert agent.business_info == {"company_name": "Nord"}
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["user_id"]) == ("create", "ai_agent", str(ours.admin.pk))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"training_level": "101"}, "training_level"),
        ({"timezone": "Paris"}, "timezone"),
        ({"working_hours_end": "08:00"}, "working_hours_end"),
        ({"working_hours_start": "17:50"}, "working_hours_end"),
        ({"sales_goals": '{"target_conversions": -1}'}, "sales_goals"),
        ({"working_hours_start": "08:00:30"}, "working_hours_start"),
        ({"max_daily_calls": "0"}, "max_daily_calls"),
        ({"business_info": "[]"}, "business_info"),
        ({"sales_goals": "{"}, "sales_goals"),
        ({"sales_goals": '{"deep": ' * 3000}, "sales_goals"),
        ({"sales_goals": '{"a": NaN}'}, "sales_goals"),
        ({"sales_goals": '{"a": "\\ud800"}'}, "sales_goals"),
        ({"sales_goals": '{"a": "\\u0000"}'}, "sales_goals"),
        ({"sales_goals": '{"a": %s}' % ("9" * 400)}, "sales_goals"),
        ({"sales_goals": '{"text": "%s"}' % ("x" * 20_000)}, "sales_goals"),
        ({"initial_script": "x" * 20_001}, "initial_script"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_api_refuses_of_an_agent_is_told_at_the_field(staff, in_scope, said, wrong):
    path = path_of(AIAgent, "add")
    answer = staff.post(path, sent_by(staff.get(path), name="Nora") | said)
    assert list(errors_of(answer)) == [wrong]
    assert not AIAgent.objects.exists()
    assert audited() == []


def test_hours_that_end_before_they_begin_are_refused_at_their_end_in_the_words_of_the_api(staff, in_scope, admin):
    hours = {"name": "Nora", "working_hours_start": "18:00", "working_hours_end": "09:00"}
    path = path_of(AIAgent, "add")
    by_form = errors_of(staff.post(path, sent_by(staff.get(path)) | hours))
    assert by_form == {"working_hours_end": ["Must be after the start; 00:00 is the end of the day."]}
    assert admin.post(AGENTS, hours, format="json").json()["details"] == by_form
    assert not AIAgent.objects.exists()


def test_who_cannot_own_an_agent_is_told_at_the_field_and_what_was_typed_stays(staff, in_scope, ours):
    path = path_of(AIAgent, "add")
    answer = staff.post(path, sent_by(staff.get(path), name="Nora", owner=str(ours.agent.pk)))
    assert errors_of(answer) == {"owner": ["Must be the id of a user of the organization with the role client."]}
    assert sent_by(answer)["name"] == "Nora"
    assert not AIAgent.objects.exists()


def test_a_client_has_one_agent_in_the_admin_too(staff, sarah, ours):
    path = path_of(AIAgent, "add")
    answer = staff.post(path, sent_by(staff.get(path), name="Second", owner=str(ours.client.pk)))
    assert errors_of(answer) == {"__all__": ["This client has an AI agent."]}
    assert AIAgent.objects.get() == sarah


def test_an_edit_changes_what_was_edited_and_records_only_that(staff, sarah):
    path = path_of(AIAgent, sarah.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), status="paused", working_hours_start="08:30")).status_code == 302
    changed(sarah, status="paused", working_hours_start=time(8, 30))
    [entry] = audited()
    assert entry["changes"] == {"status": ["active", "paused"], "working_hours_start": ["00:00", "08:30"]}


def test_saving_what_nobody_changed_records_nothing(staff, sarah):
    path = path_of(AIAgent, sarah.pk, "change")
    assert staff.post(path, sent_by(staff.get(path))).status_code == 302
    assert audited() == []


def test_what_is_taken_out_of_an_object_is_gone_and_what_others_put_in_meanwhile_stays(staff, sarah):
    AIAgent.objects.update(business_info={"a": 1, "b": {"c": 2, "d": 3}, "e": [4]})
    path = path_of(AIAgent, sarah.pk, "change")
    form = sent_by(staff.get(path), business_info='{"b": {"c": 5}, "e": [6], "f": {"g": 7}}')
    AIAgent.objects.update(business_info={"a": 1, "b": {"c": 2, "d": 3}, "e": [4], "theirs": 8})
    assert staff.post(path, form).status_code == 302
    changed(sarah, business_info={"b": {"c": 5}, "e": [6], "f": {"g": 7}, "theirs": 8})


def test_an_object_that_was_emptied_is_one_without_anything_in_it(staff, sarah):
    AIAgent.objects.update(business_info={"a": 1})
    path = path_of(AIAgent, sarah.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), business_info="", sales_goals="{}")).status_code == 302
    changed(sarah, business_info={}, sales_goals={})


def test_an_agent_is_deleted_with_all_that_belongs_to_it(staff, sarah):
    customer = CustomerFactory(agent=sarah)
    CallbackFactory(customer=customer)
    path = path_of(AIAgent, sarah.pk, "delete")
    page = staff.get(path).content.decode()
    assert "customers: 1" in page.lower()
    assert staff.post(path, {"post": "yes"}).status_code == 302
    assert not Customer.objects.exists()
    assert not AIAgent.objects.exists()
    assert [entry["action"] for entry in audited()] == ["delete"]


@pytest.mark.parametrize("model", [AIAgent, Customer, Callback], ids=["agent", "customer", "callback"])
def test_nothing_is_deleted_under_a_call_that_is_in_progress(staff, sarah, model):
    callback = CallbackFactory(customer__agent=sarah)
    CallFactory(customer=callback.customer, callback=callback, status="in_progress")
    row = {AIAgent: sarah, Customer: callback.customer, Callback: callback}[model]
    answer = staff.post(path_of(model, row.pk, "delete"), {"post": "yes"}, follow=True)
    assert "A call is in progress. End it first." in answer.content.decode()
    assert "was deleted successfully" not in answer.content.decode()
    assert model.objects.filter(pk=row.pk).exists()
    assert audited() == []


def test_a_customer_is_written_down_with_his_number_as_it_is_kept(staff, sarah):
    path = path_of(Customer, "add")
    form = sent_by(
        staff.get(path), agent=str(sarah.pk), phone_number="+33 (0)6 39 98 00 01", interest_level="converted"
    )
    assert staff.post(path, form).status_code == 302
    customer = Customer.objects.get()
    assert (customer.phone_number, customer.agent, customer.interest_level) == ("+33639980001", sarah, "converted")
    assert customer.converted_at is not None
    changed(sarah, conversions=1)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"phone_number": "0639980001"}, "phone_number", "Must begin with + and the country code"),
        ({"phone_number": "+33 6 39 98 00 02"}, "__all__", "This agent has a customer with this phone number already."),
        ({"preferences": "3"}, "preferences", "Must be an object."),
        ({"notes": "x" * 20_001}, "notes", "Ensure this value has at most 20000 characters"),
        ({"email": "zoe"}, "email", "Enter a valid email address."),
    ],
    ids=["no country", "known", "no object", "too long", "no address"],
)
def test_what_is_wrong_with_a_customer_is_told(staff, sarah, said, field, words):
    known = CustomerFactory(agent=sarah, phone_number="+33639980002")
    path = path_of(Customer, "add")
    form = sent_by(staff.get(path), agent=str(sarah.pk), phone_number="+33639980001") | said
    errors = errors_of(staff.post(path, form))
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert Customer.objects.get() == known


def test_an_edit_of_a_customer_follows_the_rules_of_the_api(staff, sarah):
    customer = CustomerFactory(agent=sarah, next_followup=SLOT)
    callback = CallbackFactory(customer=customer)
    path = path_of(Customer, customer.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), do_not_call="on", interest_level="hot")).status_code == 302
    changed(customer, do_not_call=True, interest_level="hot", next_followup=None, agent=sarah)
    changed(callback, status="cancelled")


def test_what_others_change_while_somebody_fills_in_a_form_stays(staff, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    customer = callback.customer
    of_customer, of_callback = (path_of(type(row), row.pk, "change") for row in (customer, callback))
    notes = sent_by(staff.get(of_customer), notes="Likes tea")
    urgent = sent_by(staff.get(of_callback), priority_level="5")
    Customer.objects.filter(pk=customer.pk).update(interest_level="hot", do_not_call=True, name="Ada")
    later = {"scheduled_datetime": SLOT + timedelta(days=1), "ends_at": SLOT + timedelta(days=1, minutes=15)}
    Callback.objects.filter(pk=callback.pk).update(notes="Called twice", **later)
    assert [staff.post(of_customer, notes).status_code, staff.post(of_callback, urgent).status_code] == [302, 302]
    changed(customer, interest_level="hot", do_not_call=True, name="Ada", notes="Likes tea")
    changed(callback, notes="Called twice", priority_level=5, **later)
    assert [sorted(entry["changes"]) for entry in audited()] == [["notes"], ["priority_level"]]


def test_a_customer_stays_with_his_agent(staff, sarah):
    customer, other = CustomerFactory(agent=sarah), AIAgentFactory()
    path = path_of(Customer, customer.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), agent=str(other.pk), name="Zoë")).status_code == 302
    changed(customer, agent=sarah, name="Zoë")


def test_a_customer_is_deleted_and_his_agent_counts_anew(staff, sarah):
    customer = CustomerFactory(agent=sarah, interest_level="converted", converted_at=SLOT)
    AIAgent.objects.update(conversions=1)
    assert staff.post(path_of(Customer, customer.pk, "delete"), {"post": "yes"}).status_code == 302
    assert not Customer.objects.exists()
    changed(sarah, conversions=0)


def booking(staff, customer, at: datetime):
    """Book a callback on the form."""
    path = path_of(Callback, "add")
    said = {
        "customer": str(customer.pk),
        "scheduled_datetime_0": f"{at:%Y-%m-%d}",
        "scheduled_datetime_1": f"{at:%H:%M}",
    }
    return staff.post(path, sent_by(staff.get(path), reason="Asked for it", **said))


def test_a_callback_is_booked_through_the_service(staff, sarah):
    customer = CustomerFactory(agent=sarah)
    assert booking(staff, customer, SLOT).status_code == 302
    callback = Callback.objects.get()
    assert (callback.agent, callback.scheduled_datetime, callback.status) == (sarah, SLOT, "scheduled")
    changed(customer, next_followup=SLOT)
    assert [entry["resource_type"] for entry in audited()] == ["callback"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (SLOT + timedelta(minutes=10), "The agent has another callback within 15 minutes of that time."),
        (SLOT.replace(year=2020), "Must be in the future."),
        (SLOT.replace(hour=19), "Outside the agent's working hours, 09:00 to 18:00, UTC."),
    ],
    ids=["taken", "past", "evening"],
)
def test_a_time_that_cannot_be_had_is_told_at_the_field_and_what_was_typed_stays(staff, in_scope, at, words):
    agent = AIAgentFactory(working_hours_start=time(9), working_hours_end=time(18))
    first = CallbackFactory(customer__agent=agent)
    answer = booking(staff, CustomerFactory(agent=agent), at)
    [said] = errors_of(answer)["scheduled_datetime"]
    assert said.startswith(words)
    assert sent_by(answer)["reason"] == "Asked for it"
    assert Callback.objects.get() == first
    assert audited() == []


@time_machine.travel(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), tick=False)
def test_beside_the_time_stands_on_which_clock_it_is_and_when_the_agent_works(staff, in_scope):
    paris = {"timezone": "Europe/Paris", "working_hours_start": time(9), "working_hours_end": time(18)}
    customer = CustomerFactory(name="Zoë Blanc", agent=AIAgentFactory(name="<b>Nora", **paris))
    known = "In UTC. &lt;b&gt;Nora works from 09:00 to 18:00, Europe/Paris: it is 09:30 there now."
    page = staff.get(path_of(Callback, "add")).content.decode()
    assert "In UTC, within the working hours of the customer's AI agent." in page
    refused = booking(staff, customer, SLOT.replace(hour=17))
    assert known in refused.content.decode()
    [words] = errors_of(refused)["scheduled_datetime"]
    assert words.startswith("Outside the agent's working hours, 09:00 to 18:00, Europe/Paris.")
    callback = CallbackFactory(customer=customer)
    page = staff.get(path_of(Callback, callback.pk, "change")).content.decode()
    assert known in page
    assert "Zoë Blanc, 2030-01-07 10:00" in page
    assert "<b>" not in page


def test_who_asked_not_to_be_called_cannot_be_booked(staff, sarah):
    answer = booking(staff, CustomerFactory(agent=sarah, do_not_call=True), SLOT)
    assert errors_of(answer) == {"__all__": ["This customer asked not to be called."]}
    assert not Callback.objects.exists()


def test_a_customer_of_another_organization_cannot_be_booked(staff, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CustomerFactory()
    assert list(errors_of(booking(staff, foreign, SLOT))) == ["customer"]
    assert not Callback.unscoped.exists()


def test_a_callback_is_moved_and_completed_by_its_form(staff, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    path = path_of(Callback, callback.pk, "change")
    staff.post(path, sent_by(staff.get(path), scheduled_datetime_1="11:00"))
    moved = changed(callback, status="rescheduled", reschedule_count=1, scheduled_datetime=SLOT.replace(hour=11))
    changed(moved.customer, next_followup=SLOT.replace(hour=11))
    staff.post(path, sent_by(staff.get(path), status="completed", outcome="Sold"))
    changed(callback, status="completed", outcome="Sold")
    changed(callback.customer, next_followup=None)


def test_of_a_closed_callback_only_notes_and_outcome_can_be_changed(staff, sarah):
    callback = CallbackFactory(customer__agent=sarah, status="completed")
    path = path_of(Callback, callback.pk, "change")
    others = {"status": "in_progress", "reason": "Another", "scheduled_datetime_0": "2031-01-01"}
    assert staff.post(path, sent_by(staff.get(path), notes="Called twice", **others)).status_code == 302
    changed(callback, status="completed", reason="Follow-up", scheduled_datetime=SLOT, notes="Called twice")


@pytest.mark.django_db(transaction=True)
def test_a_callback_that_somebody_closes_while_the_form_is_sent_says_so(staff, sarah, ours):
    callback = CallbackFactory(customer__agent=sarah)
    path = path_of(Callback, callback.pk, "change")
    form = sent_by(staff.get(path), reason="Another")
    system = Actor(kind="system", organization_id=ours.organization.pk)
    answers = []

    def send() -> None:
        answers.append(staff.post(path, form))
        connection.close()

    sender = threading.Thread(target=send)
    with transaction.atomic():
        update_callback(callback_id=callback.pk, by=system, status="cancelled")
        sender.start()
        eventually(somebody_waits_for_a_lock)
    sender.join()
    words = "The callback is cancelled: only its notes and its outcome can be changed."
    assert errors_of(answers[0]) == {"__all__": [words]}
    changed(callback, status="cancelled", reason="Follow-up")
