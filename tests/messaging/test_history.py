"""`GET /api/v1/message-history/conversation/`."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core import tenancy
from core.cursors import cursor_of
from messaging.documents import MESSAGES
from messaging.models import Conversation
from messaging.selectors.history import history, place_of
from tests.messaging.conftest import HISTORY
from tests.messaging.factories import THEN, ConversationFactory, new_message, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages")]

DOCUMENTED = "880e8400-e29b-41d4-a716-446655440003"


@pytest.fixture
def conversation(in_scope) -> Conversation:
    """The document's own."""
    return ConversationFactory(conversation_id=UUID(DOCUMENTED))


def ids(answer) -> list[str]:
    return [item["id"] for item in answer.json()["data"]]


def test_it_answers_as_documented(client, conversation, counted):
    question = new_message(conversation.conversation_id, content="I need help with my order", status="read")
    hello = new_message(
        conversation.conversation_id,
        content="Hello, how can I help?",
        sender_id="660e8400-e29b-41d4-a716-446655440001",
        receiver_id="990e8400-e29b-41d4-a716-446655440004",
        status="delivered",
        created_at=THEN - timedelta(minutes=1),
    )
    store(question, hello)
    with counted("GET conversation history"):
        answer = client.get(HISTORY, {"conversation_id": DOCUMENTED})
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "conversation_id": DOCUMENTED,
        "count": 2,
        "data": [
            {
                "id": str(hello.id),
                "sender_id": "660e8400-e29b-41d4-a716-446655440001",
                "receiver_id": "990e8400-e29b-41d4-a716-446655440004",
                "content": "Hello, how can I help?",
                "type": "text",
                "status": "delivered",
                "media_url": None,
                "created_at": "2026-01-27T10:29:00.000000+00:00",
            },
            {
                "id": str(question.id),
                "sender_id": "ada",
                "receiver_id": "bob",
                "content": "I need help with my order",
                "type": "text",
                "status": "read",
                "media_url": None,
                "created_at": "2026-01-27T10:30:00.000000+00:00",
            },
        ],
        "next_cursor": None,
    }


def test_the_documents_curl_line_works_as_a_form(client, conversation):
    store(*(new_message(conversation.conversation_id) for _ in range(51)))
    answer = client.post(
        HISTORY, f"conversation_id={DOCUMENTED}&limit=50", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert answer.json()["count"] == len(answer.json()["data"]) == 50


def test_fifty_come_unless_told(client, conversation):
    store(*(new_message(conversation.conversation_id) for _ in range(51)))
    assert client.get(HISTORY, {"conversation_id": DOCUMENTED}).json()["count"] == 50


def test_the_last_ones_come_the_oldest_of_them_first(client, conversation):
    told = [
        new_message(conversation.conversation_id, created_at=THEN + timedelta(seconds=number)) for number in range(5)
    ]
    store(*told)
    answer = client.get(HISTORY, {"conversation_id": DOCUMENTED, "limit": 3})
    assert ids(answer) == [str(message.id) for message in told[2:]]
    before = client.get(HISTORY, {"conversation_id": DOCUMENTED, "limit": 3, "before": answer.json()["next_cursor"]})
    assert ids(before) == [str(message.id) for message in told[:2]]
    assert before.json()["next_cursor"] is None


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("2026-01-27T10:30:01.000000+00:00", 1),
        ("2026-01-27T10:30:01Z", 1),
        ("2026-01-27T10:30:01.0005+00:00", 2),
        ("2026-01-28", 2),
        ("2026-01-27", 0),
        ("", 2),
    ],
)
def test_a_time_is_a_place_too(client, conversation, before, found):
    store(
        new_message(conversation.conversation_id),
        new_message(conversation.conversation_id, created_at=THEN + timedelta(seconds=1)),
    )
    answer = client.get(HISTORY, {"conversation_id": DOCUMENTED, "before": before})
    assert (answer.status_code, answer.json()["count"]) == (200, found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=some.lists(some.integers(min_value=0, max_value=3), min_size=1, max_size=12),
    limit=some.integers(min_value=1, max_value=5),
)
def test_page_by_page_everything_comes_once_in_order(in_scope, seconds, limit):
    conversation_id = uuid4()
    MESSAGES.here().insert_many(
        [
            {
                "_id": uuid4(),
                "conversation_id": conversation_id,
                "sender_id": "a",
                "receiver_id": "b",
                "content": "x",
                "type": "text",
                "status": "sent",
                "media_url": None,
                "terms": [],
                "folded": "",
                "created_at": THEN + timedelta(seconds=second),
            }
            for second in seconds
        ]
    )
    pages, found = [], history(conversation_id, limit=limit)
    pages.append(found.messages)
    while found.next_cursor:
        found = history(conversation_id, limit=limit, before=place_of(found.next_cursor))
        pages.append(found.messages)
    everything = [message for page in reversed(pages) for message in page]
    assert [message["created_at"] for message in everything] == sorted(
        THEN + timedelta(seconds=second) for second in seconds
    )
    assert len({message["_id"] for message in everything}) == len(seconds)


def test_a_conversation_without_a_message_is_empty(client, conversation, counted):
    with counted("GET conversation history, empty"):
        answer = client.get(HISTORY, {"conversation_id": DOCUMENTED})
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "conversation_id": DOCUMENTED,
        "count": 0,
        "data": [],
        "next_cursor": None,
    }


@pytest.mark.parametrize("asked", [{}, {"conversation_id": ""}], ids=["none", "an empty one"])
def test_without_a_conversation_it_is_refused_as_documented(client, asked):
    answer = client.get(HISTORY, asked)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert answer.json()["message"] == "conversation_id is required"


def test_an_unknown_conversation_is_not_found(client):
    answer = client.get(HISTORY, {"conversation_id": DOCUMENTED})
    assert answer.status_code == 404
    assert answer.json() == {"success": False, "message": "Conversation not found."}


def test_another_organizations_conversation_is_not_found(stranger, conversation):
    store(new_message(conversation.conversation_id))
    answer = stranger.get(HISTORY, {"conversation_id": DOCUMENTED})
    assert answer.status_code == 404
    assert answer.json() == {"success": False, "message": "Conversation not found."}


def test_an_id_that_two_organizations_use_is_two_conversations(client, stranger, theirs, conversation):
    ours = new_message(conversation.conversation_id)
    store(ours)
    with tenancy.scope(theirs.organization.pk):
        their_own = ConversationFactory(conversation_id=UUID(DOCUMENTED))
        their_message = new_message(their_own.conversation_id)
        store(their_message)
    assert ids(client.get(HISTORY, {"conversation_id": DOCUMENTED})) == [str(ours.id)]
    assert ids(stranger.get(HISTORY, {"conversation_id": DOCUMENTED})) == [str(their_message.id)]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"conversation_id": "1"}, "conversation_id"),
        ({"conversation_id": "{$gt: ''}"}, "conversation_id"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"before": "yesterday"}, "before"),
        ({"before": "2026-13-01"}, "before"),
        ({"before": cursor_of(1)}, "before"),
        ({"before": cursor_of(1, "no uuid")}, "before"),
        ({"before": cursor_of(10**18, DOCUMENTED)}, "before"),
        ({"surprise": "1"}, "surprise"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_names_the_parameter(client, conversation, asked, field):
    answer = client.get(HISTORY, {"conversation_id": DOCUMENTED, **asked})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_an_index_has_the_page(in_scope, conversation):
    store(*(new_message(conversation.conversation_id) for _ in range(5)))
    asked = MESSAGES.here().find({"conversation_id": conversation.conversation_id, "created_at": {"$lte": THEN}})
    plan = asked.sort([("created_at", -1), ("_id", -1)]).limit(3).explain()
    stages = str(plan["queryPlanner"]["winningPlan"])
    assert "organization_id_1_conversation_id_1_created_at_-1__id_-1" in stages
    assert "'SORT'" not in stages
    assert "COLLSCAN" not in stages
    assert plan["executionStats"]["totalDocsExamined"] == 3
