"""Announcing an event: published once it is true, in one round trip, and never at the request's expense."""

import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction

from core import redis, tenancy
from core.live import announce, announce_many
from core.live.announcing import EVENTS_PER_MESSAGE
from core.live.messages import decode
from core.scope import TenantScopeMissing
from tests.servers import hanging

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published():
    """What was published since the last call, as (channel, [(name, payload), …]) per message."""
    with redis.client().pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.psubscribe("live:*")
        assert pubsub.get_message(timeout=5) is None  # the confirmation

        def published():
            redis.client().publish("live:the-end", b"")
            found = []
            while (message := pubsub.get_message(timeout=5))["channel"] != b"live:the-end":
                events = json.loads(message["data"])
                found.append((message["channel"].decode(), [(name, payload) for _, name, payload, _ in events]))
            return found

        yield published


@pytest.fixture
def round_trips(monkeypatch):
    """How often Redis was asked since the last call."""
    seen = []
    send = redis.client().connection_pool.connection_class.send_packed_command
    monkeypatch.setattr(
        redis.client().connection_pool.connection_class,
        "send_packed_command",
        lambda self, *args, **kwargs: (seen.append(1), send(self, *args, **kwargs))[1],
    )

    def count():
        number = len(seen)
        seen.clear()
        return number

    return count


def test_nothing_is_published_before_the_commit(in_scope, published):
    with transaction.atomic():
        announce("profile.logged_out", {"id": 1, "at": datetime(2026, 1, 2, tzinfo=UTC)})
        assert published() == []
    payload = {"id": 1, "at": "2026-01-02T00:00:00Z"}
    assert published() == [(f"live:{in_scope.pk}", [("profile.logged_out", payload)])]


def test_what_was_rolled_back_is_not_announced(in_scope, published):
    with transaction.atomic():
        announce("profile.logged_out", {"id": 1})
        transaction.set_rollback(True)
    assert published() == []


def test_a_savepoint_takes_its_own_events_with_it_and_no_others(in_scope, published):
    with transaction.atomic():
        announce("profile.logged_out", {"id": 1})
        with transaction.atomic():
            announce("profile.logged_out", {"id": 2})
            transaction.set_rollback(True)
        with transaction.atomic():
            announce("profile.logged_out", {"id": 3})
        announce("profile.logged_out", {"id": 4})
    [(_, first), (_, second)] = published()
    assert [payload["id"] for _, payload in first + second] == [1, 4, 3]


def test_many_announcements_of_a_transaction_are_one_round_trip(in_scope, published, round_trips):
    redis.client().ping()
    round_trips()
    with transaction.atomic():
        for number in range(5):
            announce("profile.logged_out", {"id": number})
        announce_many("profile.deleted", [{"id": number} for number in range(EVENTS_PER_MESSAGE * 2)])
    assert round_trips() == 1
    sizes = [len(events) for _, events in published()]
    assert sizes == [EVENTS_PER_MESSAGE, EVENTS_PER_MESSAGE, 5]


def test_each_organization_has_a_channel_of_its_own(ours, theirs, published):
    with transaction.atomic():
        for company in (ours, theirs):
            with tenancy.scope(company.organization.pk):
                announce("profile.logged_out", {"of": company.organization.slug})
    assert published() == [
        (f"live:{ours.organization.pk}", [("profile.logged_out", {"of": "demo"})]),
        (f"live:{theirs.organization.pk}", [("profile.logged_out", {"of": "other"})]),
    ]


def test_who_may_hear_it_is_told_along_with_it(in_scope):
    people = [("client", UUID(int=2)), ("agent", UUID(int=1))]
    with redis.client().pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.psubscribe("live:*")
        assert pubsub.get_message(timeout=5) is None  # the confirmation
        with transaction.atomic():
            announce("agent.updated", {"id": 1}, audience=people)
            announce_many("agent.updated", [{"id": 2}], audience=iter(people[:1]))
            announce("agent.updated", {"id": 3}, audience=[])
            announce("agent.updated", {"id": 4})
        events = decode(pubsub.get_message(timeout=5)["data"])
    assert [event.audience for event in events] == [
        frozenset({f"client:{UUID(int=2)}", f"agent:{UUID(int=1)}"}),
        frozenset({f"client:{UUID(int=2)}"}),
        frozenset(),
        None,
    ]


def test_an_empty_batch_costs_nothing(in_scope, round_trips):
    redis.client().ping()
    round_trips()
    with transaction.atomic():
        announce_many("profile.deleted", [])
    assert round_trips() == 0


@pytest.fixture
def own_redis(private_valkey, settings):
    """A Redis of this test's own."""
    settings.REDIS_URL = private_valkey.database_url(0)
    redis.client.cache_clear()
    yield private_valkey
    redis.client.cache_clear()


@contextmanager
def killed(server):
    server.kill()
    yield


@pytest.mark.parametrize("away", [killed, hanging])
def test_a_redis_that_does_not_answer_harms_nothing_and_is_not_waited_for(in_scope, own_redis, away, caplog):
    redis.client().ping()
    with away(own_redis):
        began = time.monotonic()
        with transaction.atomic():
            announce("profile.logged_out", {"id": 1})
            in_scope.name = "Committed"
            in_scope.save(update_fields=["name"])
        assert time.monotonic() - began < 2
    in_scope.refresh_from_db()
    assert in_scope.name == "Committed"
    [record] = [record.msg for record in caplog.records if "announcement_lost" in str(record.msg)]
    assert record["events"] == 1


def test_it_needs_a_transaction_and_a_scope(ours):
    with tenancy.scope(ours.organization.pk), pytest.raises(transaction.TransactionManagementError):
        announce("profile.logged_out", {})
    with transaction.atomic(), pytest.raises(TenantScopeMissing):
        announce("profile.logged_out", {})


@pytest.mark.parametrize("name", ["logged_out", "profile.", "Profile.logged_out", "profile.logged_out\ndata: x", ""])
def test_a_name_is_a_family_and_what_happened(in_scope, name):
    with transaction.atomic(), pytest.raises(ValueError, match="is no name of an event"):
        announce(name, {})


def test_a_payload_that_is_not_json_is_a_bug_found_before_the_commit(in_scope):
    with pytest.raises(ValueError, match="is not JSON"), transaction.atomic():
        announce("profile.logged_out", {"what": object()})
