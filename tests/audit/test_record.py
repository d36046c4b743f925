"""What is recorded arrives in the log: all of it, once, in its organization, without secrets."""

from datetime import timedelta
from unittest.mock import ANY
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models.functions import Now

from audit import services as audit
from audit.documents import AUDIT_LOGS
from core import outbox, tenancy
from core.actor import Actor, Origin, origin_of
from core.outbox.models import OutboxEvent, OutboxPause

CITY = UUID("770e8400-e29b-41d4-a716-446655440002")


@pytest.fixture
def admin_at_work(ours):
    """Our administrator, in the middle of a request."""
    actor = Actor(kind="user", organization_id=ours.organization.pk, user_id=ours.admin.pk, role="admin")
    origin = Origin(actor, ip_address="192.168.1.100", user_agent="Mozilla/5.0", request_id="request-1")
    with tenancy.scope(ours.organization.pk), origin_of(origin):
        yield ours.admin


def test_an_entry_says_who_did_what_to_which_object_from_where(admin_at_work, audit_logs):
    audit.record(action="update", resource_type="city", resource_id=CITY, changes={"name": ("Old", "New")})
    event = OutboxEvent.objects.get()
    assert outbox.relay("audit.entry") == 1
    assert list(audit_logs.find()) == [
        {
            "_id": event.pk,
            "organization_id": admin_at_work.organization_id,
            "user_id": admin_at_work.pk,
            "key_id": None,
            "action": "update",
            "resource_type": "city",
            "resource_id": str(CITY),
            "changes": {"name": ["Old", "New"]},
            "ip_address": "192.168.1.100",
            "user_agent": "Mozilla/5.0",
            "request_id": "request-1",
            "created_at": event.created_at.replace(microsecond=event.created_at.microsecond // 1000 * 1000),
            "seq": 1,
            "prev_hash": "0" * 64,
            "hash": ANY,
        }
    ]


def test_the_system_and_programs_are_no_users(ours, audit_logs):
    program = Actor(kind="key", organization_id=ours.organization.pk, key_id="environment:API_KEY")
    with tenancy.scope(ours.organization.pk):
        audit.record(action="delete", resource_type="city", resource_id="first")
        with origin_of(Origin(program)):
            audit.record(action="delete", resource_type="city", resource_id="second")
    assert outbox.relay("audit.entry") == 2
    fields = {"_id": 0, "user_id": 1, "key_id": 1, "ip_address": 1, "changes": 1}
    assert list(audit_logs.find({}, fields).sort("resource_id")) == [
        {"user_id": None, "key_id": None, "ip_address": None, "changes": {}},
        {"user_id": None, "key_id": "environment:API_KEY", "ip_address": None, "changes": {}},
    ]


def test_entries_land_in_the_organization_that_was_in_scope(ours, theirs, audit_logs):
    for company in (ours, theirs):
        with tenancy.scope(company.organization.pk):
            audit.record(action="create", resource_type="city", resource_id=company.organization.slug)
    assert outbox.relay("audit.entry") == 2
    with tenancy.scope(theirs.organization.pk):
        assert [entry["resource_id"] for entry in AUDIT_LOGS.here().find()] == ["other"]


def test_what_rolls_back_was_never_done(admin_at_work, audit_logs):
    with transaction.atomic():
        audit.record(action="create", resource_type="city", resource_id=CITY)
        transaction.set_rollback(True)
    assert outbox.relay("audit.entry") == 0
    assert audit_logs.count_documents({}) == 0


def test_a_batch_whose_mark_was_lost_is_written_once(admin_at_work, audit_logs):
    for number in range(20):
        audit.record(action="create", resource_type="city", resource_id=str(number))
    assert outbox.relay("audit.entry") == 20
    OutboxEvent.objects.update(delivered_at=None)
    assert outbox.relay("audit.entry") == 20
    assert audit_logs.count_documents({}) == 20


def test_an_entry_that_was_tampered_with_is_not_overwritten_but_parked(admin_at_work, audit_logs):
    for number in range(3):
        audit.record(action="create", resource_type="city", resource_id=str(number))
    outbox.relay("audit.entry")
    audit_logs.update_one({"resource_id": "1"}, {"$set": {"action": "forged"}})
    OutboxEvent.objects.update(delivered_at=None, available_at=Now() - timedelta(seconds=1))
    assert outbox.relay("audit.entry") == 2
    parked = OutboxEvent.objects.get(parked_at__isnull=False)
    assert parked.payload["resource_id"] == "1"
    assert parked.last_error == f"A different document is stored with _id {parked.pk}."
    assert audit_logs.find_one({"_id": parked.pk})["action"] == "forged"


def test_a_mongo_that_is_down_keeps_the_entries_in_the_outbox(admin_at_work, audit_logs, settings):
    uri = settings.MONGODB_URI
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    audit.record(action="create", resource_type="city", resource_id=CITY)
    assert outbox.relay("audit.entry") == 0
    event = OutboxEvent.objects.get()
    assert (event.state, event.attempts) == ("open", 0)
    assert event.last_error.startswith("MongoDB is not available: ServerSelectionTimeoutError")

    settings.MONGODB_URI = uri
    OutboxEvent.objects.update(available_at=Now())
    OutboxPause.objects.update(until=Now())
    assert outbox.relay("audit.entry") == 1
    assert audit_logs.count_documents({}) == 1


def test_many_objects_have_an_entry_each_written_in_one_statement(admin_at_work, audit_logs, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record_many(action="delete", resource_type="city", resource_ids=[CITY, "35024"])
    assert outbox.relay("audit.entry") == 2
    entries = list(audit_logs.find({}, {"_id": 0, "action": 1, "resource_id": 1, "user_id": 1, "changes": 1}))
    assert sorted(entries, key=lambda entry: entry["resource_id"]) == [
        {"action": "delete", "resource_id": resource_id, "user_id": admin_at_work.pk, "changes": {}}
        for resource_id in ("35024", str(CITY))
    ]


def test_each_of_many_has_its_own_values_without_secrets(admin_at_work, audit_logs, django_assert_num_queries):
    changes = {CITY: {"name": ("Old", "New"), "token": ("a", "b")}, "35024": {"name": ("Rennes", None)}}
    with django_assert_num_queries(1):
        audit.record_many(action="update", resource_type="city", resource_ids=[CITY, "35024", "29019"], changes=changes)
    assert outbox.relay("audit.entry") == 3
    assert {entry["resource_id"]: entry["changes"] for entry in audit_logs.find()} == {
        str(CITY): {"name": ["Old", "New"], "token": ["[redacted]", "[redacted]"]},
        "35024": {"name": ["Rennes", None]},
        "29019": {},
    }


def test_nothing_is_written_for_no_objects(admin_at_work, django_assert_num_queries):
    with django_assert_num_queries(0):
        audit.record_many(action="delete", resource_type="city", resource_ids=[])
