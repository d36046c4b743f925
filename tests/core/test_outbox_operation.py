"""What an operator sees of the outbox, and does about it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from core import outbox, tenancy
from core.outbox import retention, store
from core.outbox.models import OutboxEvent, OutboxPause
from core.outbox.parking import retry
from core.testing.outbox import consuming
from tests.stored import audited


@pytest.fixture
def parked(inbox, in_scope):
    """An event that was rejected."""
    inbox.error = outbox.Reject("no such mailbox")
    outbox.publish("test.one", {"n": 1})
    outbox.relay("test.one")
    inbox.error = None
    return OutboxEvent.objects.get()


def said(capsys):
    return capsys.readouterr().out.splitlines()


def test_the_command_counts_by_topic_and_state_and_shows_pauses(parked, inbox, capsys):
    outbox.publish("test.one", {"n": 2})
    with consuming("test.two", inbox.take):
        outbox.publish("test.two", {})
    OutboxPause.objects.create(topic="test.one", failures=3, until=Now() + timedelta(seconds=60), reason="down")
    call_command("outbox")
    lines = said(capsys)
    assert [line.split()[:3] for line in lines[:3]] == [
        ["test.one", "due", "1"],
        ["test.one", "parked", "1"],
        ["test.two", "due", "1"],
    ]
    assert lines[2].endswith("(no app consumes this topic)")
    assert lines[3].startswith("test.one") and lines[3].endswith("UTC: down")  # noqa: PT018 -- one line


def test_the_command_lists_parked_events_of_all_organizations(parked, theirs, inbox, capsys):
    inbox.error = outbox.Reject("mailbox full")
    with tenancy.scope(theirs.organization.pk):
        outbox.publish("test.one", {})
    outbox.relay("test.one")
    call_command("outbox", "--parked")
    first, second = said(capsys)
    assert first.startswith(f"{parked.pk} test.one of {parked.organization_id}, 1 attempts, parked ")
    assert first.endswith(": no such mailbox")
    assert str(theirs.organization.pk) in second


def test_the_command_retries_parked_events(parked, inbox, capsys):
    call_command("outbox", "--retry", str(parked.pk))
    assert said(capsys) == ["1 will be handed over again."]
    parked.refresh_from_db()
    assert (parked.state, parked.attempts, parked.last_error) == ("open", 0, "no such mailbox")
    assert outbox.relay("test.one") == 1
    parked.refresh_from_db()
    assert (parked.state, parked.last_error) == ("delivered", "")


def test_the_command_says_which_it_cannot_retry(parked):
    with pytest.raises(CommandError, match=r"^1 of 2 will be handed over again"):
        call_command("outbox", "--retry", str(parked.pk), str(uuid4()))


def test_the_command_retries_a_whole_topic(parked, inbox, capsys):
    OutboxPause.objects.create(topic="test.one", failures=3, until=Now() + timedelta(seconds=60), reason="down")
    call_command("outbox", "--retry-topic", "test.one")
    assert said(capsys) == ["1 will be handed over again."]
    assert outbox.relay("test.one") == 1
    with pytest.raises(CommandError, match="No app consumes"):
        call_command("outbox", "--retry-topic", "test.unknown")


def test_delivered_events_are_forgotten_after_a_week_and_no_others(parked, inbox, settings):
    for number in range(4):
        outbox.publish("test.one", {"n": number})
    outbox.relay("test.one")
    delivered = OutboxEvent.objects.filter(delivered_at__isnull=False).order_by("created_at")
    old, young, *_ = delivered
    OutboxEvent.objects.filter(pk=old.pk).update(delivered_at=Now() - timedelta(days=7, seconds=1))
    OutboxEvent.objects.filter(pk=young.pk).update(delivered_at=Now() - timedelta(days=6, hours=23))
    OutboxEvent.objects.filter(pk=parked.pk).update(parked_at=Now() - timedelta(days=70))
    assert retention.delete_delivered() == 1
    assert not OutboxEvent.objects.filter(pk=old.pk).exists()
    assert OutboxEvent.objects.count() == 4


def test_retention_goes_on_batch_by_batch(inbox, in_scope, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        outbox.publish("test.one", {"n": number})
    outbox.relay("test.one")
    OutboxEvent.objects.update(delivered_at=Now() - timedelta(days=8))
    assert retention.delete_delivered() == 5
    assert not OutboxEvent.objects.exists()


@pytest.fixture
def staff(ours):
    """Our administrator in the Django admin."""
    User.unscoped.filter(pk=ours.admin.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.unscoped.get(pk=ours.admin.pk))
    return client


LIST = "/admin/outbox/outboxevent/"


def test_the_admin_shows_the_organizations_events_and_retries_them(parked, inbox, staff, theirs):
    inbox.error = outbox.Reject("theirs")
    with tenancy.scope(theirs.organization.pk):
        foreign = outbox.publish("test.one", {})
    outbox.relay("test.one")
    page = staff.get(LIST, {"state": "parked", "topic": "test.one"}).content.decode()
    assert "no such mailbox" in page
    assert str(foreign) not in page

    chosen = {"action": "retry_selected", "_selected_action": [str(parked.pk), str(foreign)]}
    answer = staff.post(LIST, chosen, follow=True)
    assert "1 of the selected events will be handed over again." in answer.content.decode()
    recorded = [(one["action"], one["resource_type"], one["resource_id"]) for one in audited()]
    assert recorded == [("execute", "outbox_event", str(parked.pk))]
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("open", 0)
    assert OutboxEvent.unscoped.get(pk=foreign).state == "parked"


def test_staff_who_may_only_look_retry_nothing(parked, ours):
    User.unscoped.filter(pk=ours.client.pk).update(is_staff=True)
    onlooker = Client()
    onlooker.force_login(ours.client)
    assert "no such mailbox" in onlooker.get(LIST).content.decode()
    onlooker.post(LIST, {"action": "retry_selected", "_selected_action": [str(parked.pk)]})
    parked.refresh_from_db()
    assert parked.state == "parked"
    assert audited() == []


def test_an_admin_who_is_no_superuser_may_retry(parked, ours):
    User.unscoped.filter(pk=ours.admin.pk).update(is_staff=True)
    admin = Client()
    admin.force_login(ours.admin)
    admin.post(LIST, {"action": "retry_selected", "_selected_action": [str(parked.pk)]})
    parked.refresh_from_db()
    assert parked.state == "open"


def test_the_admin_changes_nothing_else(parked, staff):
    assert staff.get(f"{LIST}{parked.pk}/change/").status_code == 200
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.post(f"{LIST}{parked.pk}/change/", {"topic": "x"}).status_code == 403
    assert staff.post(f"{LIST}{parked.pk}/delete/", {"post": "yes"}).status_code == 403
    parked.refresh_from_db()
    assert parked.topic == "test.one"


def test_what_is_retried_is_taken_from_the_relay_that_held_it_for_too_long(inbox, in_scope):
    event_id = outbox.publish("test.one", {})
    token = uuid4()
    store.claim("test.one", token=token, limit=1)
    store.begin(token, [event_id], held=[event_id], done=[])
    OutboxEvent.objects.update(lease_expires_at=Now())
    assert retry([event_id]) == 1
    assert store.postpone(token, [event_id], reason="late", longest=1) == 0
    assert OutboxEvent.objects.get().attempts == 0
