"""GET /api/v1/message-history/search/."""

import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.query import parse
from messaging.selectors.search import searching
from messaging.selectors.search.filters import filter_of
from messaging.selectors.search.places import NEWEST_FIRST
from messaging.selectors.search.rarity import costs
from messaging.words import searchable
from tests.messaging.factories import THEN, ConversationFactory
from tests.messaging.test_query import HOSTILE

SEARCH = "/api/v1/message-history/search/"
CONVERSATION = UUID("880e8400-e29b-41d4-a716-446655440003")
MINUTE = timedelta(minutes=1)


def write(content, minutes=0, **fields):
    """Store a message, written so many minutes after `THEN`."""
    message_id = uuid4()
    told = {
        "_id": message_id,
        "conversation_id": CONVERSATION,
        "sender_id": "ada",
        "receiver_id": "bob",
        "content": content,
        "type": "text",
        "status": "read",
        "media_url": None,
        "created_at": THEN + minutes * MINUTE,
    }
    MESSAGES.here().insert({**told, **fields, **searchable(content)})
    return str(message_id)


@pytest.fixture
def chat(messages, in_scope):
    """Some messages, by what is in them."""
    contents = [
        "I need help with my order",
        "Please provide support for this issue",
        "help",
        "Élan vital",
        "my order is",
    ]
    return {content: write(content, minutes) for minutes, content in enumerate(contents)}


def contents(answer):
    assert answer.status_code == 200, answer.content
    return [hit["content"] for hit in answer.json()["data"]]


def test_what_is_found_is_answered_as_documented(client, chat):
    answer = client.get(SEARCH, {"q": "élan OR support"})
    body = answer.json()
    assert {name: body[name] for name in ("success", "query", "count", "next_cursor")} == {
        "success": True,
        "query": "élan OR support",
        "count": 2,
        "next_cursor": None,
    }
    assert body["data"] == [
        {
            "id": chat["Élan vital"],
            "conversation_id": str(CONVERSATION),
            "content": "Élan vital",
            "type": "text",
            "created_at": "2026-01-27T10:33:00.000000+00:00",
            "score": 0.75,
        },
        {
            "id": chat["Please provide support for this issue"],
            "conversation_id": str(CONVERSATION),
            "content": "Please provide support for this issue",
            "type": "text",
            "created_at": "2026-01-27T10:31:00.000000+00:00",
            "score": pytest.approx(0.5 + 0.5 / 6),
        },
    ]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("help", ["help", "I need help with my order"]),
        ("order NOT help", ["my order is"]),
        ('"my order"', ["my order is", "I need help with my order"]),
        ('"order my"', []),
        ("ord*", ["my order is", "I need help with my order"]),
        ("ELAN", ["Élan vital"]),
        ("hel", []),
        ("vital OR NOT (my OR help)", ["Élan vital", "Please provide support for this issue"]),
        ("help OR ord*", ["help", "I need help with my order", "my order is"]),
    ],
)
def test_the_best_match_comes_first_and_what_needs_no_word_last(client, chat, q, found):
    assert contents(client.get(SEARCH, {"q": q})) == found
    assert sorted(contents(client.get(SEARCH, {"q": q, "order": "recent"}))) == sorted(found)


def test_scores_do_not_depend_on_the_order(client, chat):
    def scores(order):
        answer = client.get(SEARCH, {"q": 'help OR "my order" OR NOT vital', "order": order})
        return {hit["id"]: pytest.approx(hit["score"]) for hit in answer.json()["data"]}

    assert scores("relevance") == scores("recent")
    assert len(scores("recent")) == 4


def test_a_search_is_narrowed(client, messages, in_scope):
    other = uuid4()
    write("help one", 0)
    write("help two", 1, conversation_id=other)
    write("help three", 2, sender_id="carol")
    write("help four", 3, type="image")
    for order in ("relevance", "recent"):

        def found(order=order, **asked):
            return contents(client.get(SEARCH, {"q": "help", "order": order, **asked}))

        assert found(conversation_id=str(other)) == ["help two"]
        assert found(sender_id="carol") == ["help three"]
        assert found(type="image") == ["help four"]
        assert found(date_from="2026-01-27T10:32:00Z") == ["help four", "help three"]
        assert found(date_to="2026-01-27T10:31:00Z") == ["help two", "help one"]
        assert found(date_to="2026-01-26", type="") == []


def test_an_unknown_conversation_is_404_and_an_empty_one_finds_nothing(client, chat):
    answer = client.get(SEARCH, {"q": "help", "conversation_id": str(uuid4())})
    assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Conversation not found."})
    empty = ConversationFactory()
    assert contents(client.get(SEARCH, {"q": "help", "conversation_id": str(empty.conversation_id)})) == []


@pytest.mark.parametrize("order", ["relevance", "recent"])
@pytest.mark.parametrize("q", ["help", "help OR NOT thing", "hel*"])
def test_pages_are_all_of_it_whatever_is_written_meanwhile(client, messages, in_scope, order, q):
    for number in range(23):
        write(("help " * (number % 3) + "thing " * (number % 4) + "else").strip(), number // 2)
    whole = client.get(SEARCH, {"q": q, "order": order}).json()
    assert whole["next_cursor"] is None or whole["count"] == 20
    everything = client.get(SEARCH, {"q": q, "order": order, "limit": 1000}).json()["data"]
    assert len(everything) >= 15
    paged, cursor = [], None
    while True:
        asked = {"q": q, "order": order, "limit": 4, **({"cursor": cursor} if cursor else {})}
        page = client.get(SEARCH, asked).json()
        paged += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(paged) <= 8:
            write("help help help", 600 + len(paged))  # newer, and better, than all that is left
    assert paged == everything


def test_snippets_are_escaped_and_marked(client, messages, in_scope):
    long = "word " * 60 + "<b>Élan</b> & e-mail " + "word " * 60
    write(long)
    (hit,) = client.get(SEARCH, {"q": "elan OR e-mail OR mai*", "highlights": "true"}).json()["data"]
    assert hit["content"] == long
    assert "&lt;b&gt;<mark>Élan</mark>&lt;/b&gt; &amp; <mark>e-mail</mark> word" in hit["snippet"]
    assert hit["snippet"].startswith("…word ")
    assert hit["snippet"].endswith("word…")
    assert "snippet" not in client.get(SEARCH, {"q": "elan"}).json()["data"][0]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "q is required"),
        ({"q": " "}, "q is required"),
        ({"q": "a)"}, 'q: Unexpected ")" at position 2. Expected AND, OR or the end.'),
        ({"q": "a", "limit": "1001"}, "limit: Ensure this value is less than or equal to 1000."),
        ({"q": "a", "limit": "0"}, "limit: Ensure this value is greater than or equal to 1."),
        ({"q": "a", "order": "best"}, 'order: "best" is not a valid choice.'),
        ({"q": "a", "fuzzy": "1"}, "fuzzy: Unknown parameter."),
        ({"q": "a", "cursor": "x"}, "cursor: Not a cursor of this list: use next_cursor as it was answered."),
        ({"q": "a", "cursor": "WzEsMl0"}, "cursor: Not a cursor of this list: use next_cursor as it was answered."),
    ],
)
def test_what_cannot_be_searched_is_told(client, chat, asked, message):
    answer = client.get(SEARCH, asked)
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert answer.json()["success"] is False


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in {"surrogate", "megabyte"}])
def test_hostile_queries_are_400_at_once(client, chat, name):
    def refuse():
        started = time.perf_counter()
        answer = client.post(SEARCH, f"q={quoted(HOSTILE[name])}", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400, answer.content
        assert answer.json()["message"].startswith("q: ")
        return time.perf_counter() - started

    assert any(refuse() < 0.05 for _ in range(20))


def test_a_megabyte_and_bytes_that_are_no_text_are_refused_too(client, chat):
    def refuse(body):
        started = time.perf_counter()
        answer = client.post(SEARCH, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400, answer.content
        return time.perf_counter() - started

    assert any(refuse("q=" + "a" * 999_000) < 0.05 for _ in range(20))
    assert any(refuse("q=a%ED%A0%80%FF") < 0.05 for _ in range(20))


def quoted(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_a_form_asks_the_same(client, chat):
    answer = client.post(SEARCH, "q=help&limit=20", content_type="application/x-www-form-urlencoded")
    assert contents(answer) == ["help", "I need help with my order"]


def test_nothing_of_the_organization_next_door_is_found(stranger, chat):
    assert contents(stranger.get(SEARCH, {"q": "help OR NOT absent"})) == []


def test_who_is_not_logged_in_is_401(http, chat):
    answer = http.get(SEARCH, {"q": "help"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Authentication credentials were not provided."})


def test_a_search_that_takes_too_long_is_given_up(client, chat, monkeypatch):
    monkeypatch.setattr(searching, "SECONDS", 1e-9)
    answer = client.get(SEARCH, {"q": "help"})
    assert answer.status_code == 503
    assert answer.json()["message"].startswith("The search takes too long.")


def test_a_search_asks_postgresql_nothing_but_for_a_conversation_in_which_nothing_is_found(client, chat, counted):
    with counted("GET search"):
        assert len(contents(client.get(SEARCH, {"q": "help", "conversation_id": str(CONVERSATION)}))) == 2
    empty = ConversationFactory()
    with counted("GET search, nothing in a conversation"):
        client.get(SEARCH, {"q": "help", "conversation_id": str(empty.conversation_id)})


def test_the_rarest_word_of_an_and_is_looked_up_whatever_the_order_of_words(client, messages, in_scope):
    start_empty(MESSAGES)
    documents = [
        {
            "_id": UUID(int=number + 1),
            "conversation_id": CONVERSATION,
            "sender_id": "ada",
            "receiver_id": "bob",
            "content": "often",
            "type": "text",
            "status": "read",
            "media_url": None,
            "created_at": THEN,
            **searchable("often rare" if number == 0 else "often"),
        }
        for number in range(2_000)
    ]
    MESSAGES.here().insert_many(documents)
    for q in ("often rare", "rare often", "often AND (rare OR absent)", "o* rare"):
        filter_ = filter_of(parse(q), costs())
        plan = MESSAGES.here().find(filter_).sort(NEWEST_FIRST).limit(21).explain()
        assert plan["executionStats"]["totalDocsExamined"] <= 1, q
