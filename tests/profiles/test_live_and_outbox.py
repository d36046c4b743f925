"""What a report sets off: watchers are told at once, and the audit log is brought its entry."""

import json

import pytest
from django.db import transaction

from audit.documents import AUDIT_LOGS
from core import outbox, redis, tenancy
from core.outbox.models import OutboxEvent
from profiles import services
from profiles.models import LoggedOutProfile
from profiles.services import NewRecord
from profiles.services.facts import shown
from tests.conftest import broker_client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(ours):
    """What watchers of our organization were told since the last call: a list of (name, data) per message."""
    with redis.client().pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(f"live:{ours.organization.pk}")
        assert pubsub.get_message(timeout=5) is None  # the confirmation

        def read() -> list[list[tuple]]:
            redis.client().publish(f"live:{ours.organization.pk}", b"the end")
            found = []
            while (message := pubsub.get_message(timeout=5))["data"] != b"the end":
                found.append([(name, data) for _, name, data, _ in json.loads(message["data"])])
            return found

        yield read


def test_watchers_are_told_what_the_caller_is_answered(program, heard):
    body = {"agent_name": "Ann", "profile_name": "x", "reason": "kicked"}
    answer = program.post("/gmail-automation/logged-out-profiles", body, format="json").json()
    assert heard() == [[("profile.logged_out", answer)]]


def test_a_batch_is_one_message(in_scope, heard):
    rows = services.report_logouts(items=[NewRecord("Ann", str(number)) for number in range(5)])
    assert heard() == [[("profile.logged_out", shown(row)) for row in rows]]


def test_what_was_rolled_back_is_told_to_nobody(in_scope, heard):
    with transaction.atomic():
        services.report_logout(agent_name="Ann", profile_name="x")
        transaction.set_rollback(True)
    assert heard() == []
    assert not LoggedOutProfile.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_a_report_in_a_transaction_is_told_when_that_commits(in_scope, heard):
    with transaction.atomic():
        services.report_logout(agent_name="Ann", profile_name="x")
        assert heard() == []
        assert broker_client().llen("celery") == 0
    assert len(heard()) == 1
    assert broker_client().llen("celery") == 1


def test_the_relay_is_woken_after_the_record_is_there_and_writes_its_entry(ours):
    with tenancy.scope(ours.organization.pk):
        row = services.report_logout(agent_name="Ann", profile_name="x", reason="kicked")
        assert broker_client().llen("celery") == 1
        outbox.relay_all()
        [entry] = AUDIT_LOGS.here().find({"resource_id": str(row["id"])})
    assert (entry["action"], entry["resource_type"]) == ("create", "logged_out_profile")
    assert entry["changes"] == {"agent_name": [None, "Ann"], "profile_name": [None, "x"], "reason": [None, "kicked"]}


def test_neither_is_there_without_the_other(in_scope, monkeypatch):
    monkeypatch.setattr("core.outbox.including.uuid4", lambda: "no uuid")
    with pytest.raises(Exception, match="uuid"):
        services.report_logout(agent_name="Ann", profile_name="x")
    assert not LoggedOutProfile.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert broker_client().llen("celery") == 0
