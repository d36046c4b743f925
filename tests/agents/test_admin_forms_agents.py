"""Setting AI agents up in the Django admin, and what is deleted with them and under calls."""

from datetime import time

import pytest

from agents.models import AIAgent, Callback, Customer
from tests.agents.admin_pages import changed, errors_of, path_of, sent_by
from tests.agents.conftest import AGENTS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db


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
