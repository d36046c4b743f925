"""Programs hand in events: all of a batch or none, and each once."""

import pytest

from analytics import services as analytics
from analytics.documents import METRIC_EVENTS
from core import outbox
from core.outbox.models import OutboxEvent
from tests.analytics.conftest import EVENTS, METRICS
from tests.analytics.recount import events_of, recounted, rolled_up
from tests.stored import audited

pytestmark = pytest.mark.usefixtures("standing_clock", "in_scope")


def published() -> list[dict]:
    return [event.payload for event in OutboxEvent.objects.filter(topic=analytics.TOPIC).order_by("created_at", "id")]


def written_down() -> list[dict]:
    return [entry for entry in audited() if entry["resource_type"] == "metric_events"]


def hand_in(caller, *events):
    return caller.post(EVENTS, {"events": list(events)}, format="json")


def test_a_batch_is_taken_in_and_counted(ours, admin, counted):
    events = [
        {"metric": "messages_sent"},
        {"metric": "messages_sent", "value": 2.5, "at": "2046-01-27T08:00:00+01:00", "dimensions": {"team": "north"}},
        {"metric": "agents_online", "value": "-3", "at": "2000-01-01T00:00:00Z"},
    ]
    with counted("POST events"):
        answer = hand_in(admin, *events)
    assert (answer.status_code, answer.json()["success"], answer.json()["count"]) == (202, True, 3)
    assert answer.headers["X-RateLimit-Limit"] in {"5000", "10000"}
    assert len({row["id"] for row in answer.json()["data"]}) == 3
    [entry] = written_down()
    assert (entry["action"], entry["resource_type"], entry["resource_id"], entry["changes"]) == (
        "create",
        "metric_events",
        answer.json()["data"][0]["id"],
        {"events": [None, 3], "metrics": [None, ["agents_online", "messages_sent"]]},
    )
    outbox.relay(analytics.TOPIC)
    assert [(metric, str(value), at) for metric, value, at in events_of(ours.organization.pk)] == [
        ("agents_online", "-3", "2000-01-01T00:00:00+00:00"),
        ("messages_sent", "2.5", "2046-01-27T07:00:00+00:00"),
        ("messages_sent", "1", "2046-01-27T10:20:00+00:00"),
    ]
    assert METRIC_EVENTS.here().find_one({"value": {"$gt": 2}})["dimensions"] == {"team": "north"}
    assert rolled_up(ours.organization.pk) == recounted(ours.organization.pk)


def test_an_id_counts_once_in_a_batch_later_and_when_the_outbox_has_forgotten_it(ours, admin, caplog):
    first = {"metric": "messages_sent", "value": 5, "at": "2046-01-27T08:00:00Z", "id": "order 1"}
    one = hand_in(admin, first, first).json()["data"]
    again = hand_in(admin, first).json()["data"]
    outbox.relay(analytics.TOPIC)
    OutboxEvent.objects.filter(topic=analytics.TOPIC).delete()
    other = hand_in(admin, {**first, "value": 6}, {**first, "id": "order 2"}).json()["data"]
    assert outbox.relay(analytics.TOPIC) == 2
    assert one[0] == one[1] == again[0] == other[0] != other[1]
    assert [row[1] for row in events_of(ours.organization.pk)] == [5, 5]
    assert "metric_event_given_again" in caplog.text
    assert not OutboxEvent.objects.filter(parked_at__isnull=False).exists()
    assert rolled_up(ours.organization.pk) == recounted(ours.organization.pk)


def test_another_organizations_ids_are_its_own(ours, theirs, admin, stranger):
    event = {"metric": "messages_sent", "id": "1"}
    ids = {hand_in(caller, event).json()["data"][0]["id"] for caller in (admin, stranger)}
    assert len(ids) == 2
    outbox.relay(analytics.TOPIC)
    assert [len(events_of(company.organization.pk)) for company in (ours, theirs)] == [1, 1]


def test_mongodb_may_be_down_meanwhile(ours, admin, settings):
    there = settings.MONGODB_URI
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"
    assert hand_in(admin, {"metric": "messages_sent"}).status_code == 202
    settings.MONGODB_URI = there
    outbox.relay(analytics.TOPIC)
    assert len(events_of(ours.organization.pk)) == 1


BAD = [
    ("metric", {"metric": "likes"}, 'There is no metric "likes"'),
    ("metric", {"value": 1}, "This field is required."),
    ("value", {"metric": "messages_sent", "value": 1_000_000_000_001}, "less than or equal to 1000000000000"),
    ("value", {"metric": "messages_sent", "value": "-1000000000000.000001"}, "greater than or equal to"),
    ("value", {"metric": "messages_sent", "value": 0.1234567}, "no more than 6 decimal places"),
    ("value", {"metric": "messages_sent", "value": 1e-7}, "no more than 6 decimal places"),
    ("value", {"metric": "messages_sent", "value": "NaN"}, "A valid number is required."),
    ("value", {"metric": "messages_sent", "value": "1e400"}, "no more than 19 digits"),
    ("value", {"metric": "messages_sent", "value": True}, "A valid number is required."),
    ("value", {"metric": "messages_sent", "value": {"$inc": 1}}, "A valid number is required."),
    ("at", {"metric": "messages_sent", "at": "1999-12-31T23:59:59Z"}, "Must not be before 2000."),
    ("at", {"metric": "messages_sent", "at": "2046-01-28T10:20:01Z"}, "Must not be more than a day ahead."),
    ("at", {"metric": "messages_sent", "at": 5}, "Must be an ISO time"),
    ("dimensions", {"metric": "messages_sent", "dimensions": {f"n{n}": "x" for n in range(11)}}, "more than 10"),
    ("dimensions", {"metric": "messages_sent", "dimensions": {"$where": "x"}}, "letters, digits"),
    ("dimensions", {"metric": "messages_sent", "dimensions": {"a.b": "x"}}, "letters, digits"),
    ("dimensions.team", {"metric": "messages_sent", "dimensions": {"team": 5}}, "Not a valid string."),
    ("dimensions.team", {"metric": "messages_sent", "dimensions": {"team": "x" * 101}}, "no more than 100"),
    ("id", {"metric": "messages_sent", "id": 5}, "Not a valid string."),
    ("id", {"metric": "messages_sent", "id": "x" * 101}, "no more than 100"),
    ("colour", {"metric": "messages_sent", "colour": "red"}, "Unknown field."),
]


@pytest.mark.parametrize(("field", "event", "message"), BAD, ids=[f"{n}-{one[0]}" for n, one in enumerate(BAD)])
def test_one_bad_event_refuses_the_batch_and_is_named(admin, field, event, message):
    good = {"metric": "messages_sent"}
    answer = hand_in(admin, good, good, good, event)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert answer.json()["message"].startswith(f"events[3].{field}: ")
    assert message in answer.json()["message"]
    assert list(answer.json()["errors"]) == [f"events[3].{field}"]
    assert published() == written_down() == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "events: This field is required."),
        ({"events": []}, "events: Must not be empty."),
        ({"events": {}}, 'events: Expected a list of items but got type "dict".'),
        ({"events": [{"metric": "messages_sent"}] * 1001}, "events: Ensure this field has no more than 1000 elements."),
        ([], "non_field_errors: Invalid data. Expected a dictionary, but got list."),
    ],
    ids=["missing", "empty", "object", "many", "list"],
)
def test_what_is_no_batch_is_refused(admin, body, message):
    answer = admin.post(EVENTS, body, format="json")
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert published() == written_down() == []


def test_a_thousand_are_as_many_statements_as_one(admin, counted):
    with counted("POST events"):
        answer = hand_in(admin, *[{"metric": "messages_sent", "id": f"{number}"} for number in range(1000)])
    assert (answer.status_code, answer.json()["count"]) == (202, 1000)
    assert outbox.relay(analytics.TOPIC) == 1000


@pytest.mark.parametrize("role", ["client", "agent"])
def test_only_an_admin_hands_in(ours, logged_in, role):
    answer = hand_in(logged_in(getattr(ours, role)), {"metric": "messages_sent"})
    assert (answer.status_code, answer.json()["message"]) == (403, "Only an admin may hand in events.")
    assert published() == written_down() == []


def test_other_verbs_are_nobodys(admin, reader):
    for caller in (admin, reader):
        assert caller.get(EVENTS).status_code == 405
        assert caller.delete(METRICS).status_code == 405


def test_a_repeated_request_is_answered_as_before(admin):
    event = {"events": [{"metric": "messages_sent"}]}
    answers = [admin.post(EVENTS, event, format="json", headers={"Idempotency-Key": "k"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(published()) == 1
