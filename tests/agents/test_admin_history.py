"""The "History" page of AI agents, customers and callbacks tells what was done to them, whoever did it and wherever."""

from datetime import timedelta

import lxml.html
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import AIAgent, Callback, Customer
from agents.services.callbacks import update_callback
from audit import services as audit
from audit.documents import AUDIT_LOGS
from core import outbox, tenancy
from core.actor import Actor, Origin, origin_of
from core.testing.mongo import start_empty
from tests.agents.admin_pages import path_of, sent_by
from tests.agents.conftest import AGENTS
from tests.agents.factories import CallbackFactory, CustomerFactory

pytestmark = pytest.mark.django_db

AWAY = "The audit log cannot be read just now."
HOSTILE = "<script>alert(1)</script>\" onmouseover='x' {{ 7|add:7 }}"


@pytest.fixture(autouse=True)
def log():
    """An empty audit log."""
    start_empty(AUDIT_LOGS)
    return AUDIT_LOGS.unscoped()


@pytest.fixture
def lines(staff):
    """What the page says of a row: who, which action, and field, old and new of each change."""

    def read(row) -> list[list[str]]:
        while outbox.relay("audit.entry"):
            pass
        page = staff.get(path_of(type(row), row.pk, "history"))
        assert page.status_code == 200
        cells = [line.xpath("./td") for line in lxml.html.fromstring(page.content.decode()).xpath("//tbody/tr")]
        return [[cell.text_content().strip() for cell in line] for line in cells]

    return read


def test_what_the_api_the_admin_beat_and_a_program_did_is_told(lines, staff, admin, sarah, ours):
    callback = CallbackFactory(customer__agent=sarah)
    at = (callback.scheduled_datetime + timedelta(hours=1)).isoformat()
    assert (
        admin.patch(f"{AGENTS}callbacks/{callback.pk}/", {"scheduled_datetime": at}, format="json").status_code == 200
    )
    path = path_of(Callback, callback.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), notes="Likes tea")).status_code == 302
    by_beat = Actor(kind="system", organization_id=ours.organization.pk)
    update_callback(callback_id=callback.pk, by=by_beat, status="cancelled")
    program = Actor(kind="key", organization_id=ours.organization.pk, key_id="crm")
    with origin_of(Origin(program)):
        audit.record(action="export", resource_type="callback", resource_id=callback.pk)
    told = lines(callback)
    assert ["key crm", "Export", "-"] in told
    assert ["the platform", "Update"] in [line[:2] for line in told]
    assert ["status", "rescheduled", "cancelled"] in [line[-3:] for line in told]
    assert [ours.admin.email, "Update", "notes", "-", "Likes tea"] in told
    assert ["scheduled_datetime", "2030-01-07 10:00", "2030-01-07 11:00"] in [line[-3:] for line in told]
    assert ["status", "scheduled", "rescheduled"] in [line[-3:] for line in told]


def test_of_an_object_only_what_is_other_in_it_is_told_and_people_have_names(lines, admin, sarah, ours):
    AIAgent.objects.update(business_info={"a": {"b": 1, "c": 2}, "kept": "x"}, assigned_to=None)
    said = {"business_info": {"a": {"b": True}, "new": ["y"]}, "assigned_to_id": str(ours.agent.pk)}
    assert admin.patch(f"{AGENTS}{sarah.pk}/", said, format="json").status_code == 200
    assert sorted(line[-3:] for line in lines(sarah)) == [
        ["assigned_to_id", "-", ours.agent.email],
        ["business_info.a.b", "1", "yes"],
        ["business_info.new", "-", '["y"]'],
    ]


def test_what_hostile_people_typed_is_text(lines, staff, sarah, ours):
    customer = CustomerFactory(agent=sarah)
    told = {HOSTILE: ("<b>", HOSTILE), "preferences": ({}, {HOSTILE: HOSTILE})}
    with origin_of(Origin(Actor(kind="key", organization_id=ours.organization.pk, key_id="<i>key</i>"))):
        audit.record(action="<u>", resource_type="customer", resource_id=customer.pk, changes=told)
    read = lines(customer)
    assert read[0][:2] == ["key <i>key</i>", "<u>"]
    assert sorted(line[-3:] for line in read) == [
        [HOSTILE, "<b>", HOSTILE],
        [f"preferences.{HOSTILE}", "-", HOSTILE],
    ]
    page = staff.get(path_of(Customer, customer.pk, "history")).content.decode()
    for tag in ("<script>alert", "<b>", "<i>key", "<u>"):
        assert tag not in page


def test_a_long_text_is_cut_and_a_user_who_is_gone_is_said_to_be(lines, sarah, ours):
    gone = "11111111-2222-4333-8444-555555555555"
    with origin_of(Origin(Actor(kind="user", organization_id=ours.organization.pk, user_id=gone))):
        changes = {"initial_script": ("", "x" * 20_000)}
        audit.record(action="update", resource_type="ai_agent", resource_id=sarah.pk, changes=changes)
    assert lines(sarah) == [
        [f"a user who is gone, {gone}", "Update", "initial_script", "-", f"{'x' * 300}…"],
    ]


def test_nothing_recorded_is_said_so(lines, staff, sarah):
    assert lines(sarah) == []
    page = staff.get(path_of(AIAgent, sarah.pk, "history")).content.decode()
    assert "Nothing was recorded of this object." in page
    assert AWAY not in page


def test_while_mongo_is_away_the_page_says_so_and_shows_what_this_admin_did(staff, sarah, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    history = path_of(AIAgent, sarah.pk, "history")
    page = staff.get(history)
    assert page.status_code == 200
    assert AWAY in page.content.decode()
    path = path_of(AIAgent, sarah.pk, "change")
    assert staff.post(path, sent_by(staff.get(path), name="Nora")).status_code == 302
    page = staff.get(history).content.decode()
    assert AWAY in page
    assert "Changed Name" in page


def test_the_page_costs_the_same_for_many_entries(staff, sarah, ours, log):
    def deeds(number: int) -> None:
        for count in range(number):
            actor = Actor(kind="user", organization_id=ours.organization.pk, user_id=ours.admin.pk)
            with origin_of(Origin(actor)):
                changes = {"assigned_to_id": (None, str(ours.agent.pk)), "total_calls": (count, count + 1)}
                audit.record(action="update", resource_type="ai_agent", resource_id=sarah.pk, changes=changes)
        while outbox.relay("audit.entry"):
            pass

    def queries() -> int:
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(path_of(AIAgent, sarah.pk, "history")).status_code == 200
        return len(asked)

    deeds(1)
    few = queries()
    deeds(9)
    assert few == queries() == 6


def test_only_the_newest_two_hundred_are_shown_and_that_is_said(lines, staff, sarah):
    audit.record(action="create", resource_type="ai_agent", resource_id=sarah.pk)
    assert lines(sarah) == [["the platform", "Create", "-"]]
    for number in range(200):
        audit.record(action=f"deed {number}", resource_type="ai_agent", resource_id=sarah.pk)
    told = [action for _, action, _ in lines(sarah)]
    assert sorted(told) == sorted(f"Deed {number}" for number in range(200))
    assert "These are the newest 200 entries." in staff.get(path_of(AIAgent, sarah.pk, "history")).content.decode()


@pytest.mark.parametrize("model", [AIAgent, Customer, Callback], ids=["agent", "customer", "callback"])
def test_another_organization_s_history_is_not_read_even_of_the_same_id(lines, staff, in_scope, theirs, model, log):
    CallbackFactory()
    ours_is = model.objects.get()
    with tenancy.scope(theirs.organization.pk):
        CallbackFactory()
        foreign = model.objects.get()
        kind = {AIAgent: "ai_agent", Customer: "customer", Callback: "callback"}[model]
        for row in (ours_is, foreign):
            audit.record(action="spy", resource_type=kind, resource_id=row.pk, changes={"secret name": ("a", "b")})
    assert lines(ours_is) == []
    assert log.count_documents({"action": "spy"}) == 2
    answer = staff.get(path_of(model, foreign.pk, "history"), follow=True)
    assert "Spy" not in answer.content.decode()
    assert answer.redirect_chain
