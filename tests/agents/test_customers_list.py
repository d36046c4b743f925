"""GET /api/agents/ai/customers/: who is in it, in which order, and what they add up to."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection

from agents.models import Customer
from agents.selectors.customers import search_condition
from core import tenancy
from tests.agents.conftest import CUSTOMERS
from tests.agents.factories import AIAgentFactory, CallFactory, CustomerFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOBODY = {"cold": 0, "warm": 0, "hot": 0, "converted": 0, "do_not_call": 0}


def listed(caller, **parameters) -> dict:
    answer = caller.get(f"{CUSTOMERS}?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(caller, **parameters) -> list[str]:
    return [item["name"] for item in listed(caller, **parameters)["items"]]


def people(agent, *names: str, **fields) -> list[Customer]:
    """Customers, each made a minute after the one before."""
    return [
        CustomerFactory(agent=agent, name=name, created_at=NOON + timedelta(minutes=nr), **fields)
        for nr, name in enumerate(names)
    ]


def test_a_customer_is_listed_as_he_is_shown_by_himself(client, sarah):
    customer = CustomerFactory(
        agent=sarah,
        email="john@example.com",
        preferences={"language": "Français", "budget": 1e3, "tags": ["a", None]},
        interest_level="converted",
        converted_at=NOON,
        last_call_at=NOON + timedelta(microseconds=999_999),
    )
    shown = client.get(f"{CUSTOMERS}{customer.pk}/").json()["customer"]
    assert shown.pop("call_history") == shown.pop("callbacks") == []
    assert (shown["converted_at"], shown["last_call_at"]) == ("2026-01-05T12:00:00Z", "2026-01-05T12:00:00Z")
    assert listed(client) == {
        "items": [shown],
        "total_count": 1,
        "summary": {**NOBODY, "converted": 1},
    }


def test_nobody_is_an_empty_list(client, sarah):
    assert listed(client) == {"items": [], "total_count": 0, "summary": NOBODY}


def test_the_newest_come_first_and_pages_follow_each_other(client, sarah):
    people(sarah, "a", "b", "c", "d", "e")
    assert names(client) == ["e", "d", "c", "b", "a"]
    assert names(client, limit=2) == ["e", "d"]
    assert names(client, limit=2, offset=2) == ["c", "b"]
    assert names(client, limit=2, offset=4) == ["a"]
    assert listed(client, limit=2, offset=6) == {"items": [], "total_count": 5, "summary": {**NOBODY, "cold": 5}}


def test_equals_are_in_the_order_of_their_ids_whichever_way_round(client, sarah):
    same = sorted(CustomerFactory(agent=sarah, name="same", created_at=NOON).pk for _ in range(12))
    for ordering in ("created_at", "-created_at", "name", "-total_calls", "next_followup", "-interest_level"):
        pages = [listed(client, ordering=ordering, limit=5, offset=at)["items"] for at in (0, 5, 10)]
        assert [item["id"] for page in pages for item in page] == list(map(str, same)), ordering


@pytest.mark.parametrize(
    ("ordering", "order"),
    [
        ("created_at", "abcd"),
        ("-created_at", "dcba"),
        ("name", "abcd"),
        ("-name", "dcba"),
        ("interest_level", "bdac"),
        ("-interest_level", "cadb"),
        ("last_call_at", "badc"),
        ("-last_call_at", "dabc"),
        ("next_followup", "cabd"),
        ("-next_followup", "acbd"),
        ("total_calls", "dcab"),
        ("-total_calls", "bacd"),
    ],
)
def test_the_order_is_the_callers_to_say_and_what_is_not_known_comes_last(client, sarah, ordering, order):
    days = {name: NOON + timedelta(days=nr) for nr, name in enumerate("abcd", 1)}
    a, b, c, d = people(sarah, *"abcd")
    rows = {
        a: ("hot", None, days["b"], 3, days["b"]),
        b: ("cold", None, None, 4, days["a"]),
        c: ("converted", NOON, days["a"], 2, None),
        d: ("warm", None, None, 1, days["c"]),
    }
    for row, (level, converted_at, followup, calls, last) in rows.items():
        row.interest_level, row.converted_at, row.total_calls, row.last_call_at = level, converted_at, calls, last
        row.next_followup = followup
        row.save()
    # Of those without a value, the one with the lower id comes first.
    unknown = {"next_followup": [b, d], "last_call_at": [c]}.get(ordering.removeprefix("-"), [])
    tail = "".join(row.name for row in sorted(unknown, key=lambda row: row.pk))
    expected = order[: len(order) - len(tail)] + tail
    assert "".join(names(client, ordering=ordering)) == expected


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"interest_level": "hot"}, "a"),
        ({"converted": "true"}, "c"),
        ({"converted": "false"}, "abd"),
        ({"do_not_call": "true"}, "b"),
        ({"call_preference_time": "evening"}, "d"),
        ({"interest_level": "hot", "converted": "false", "search": "A"}, "a"),
        ({"interest_level": "hot", "converted": "true"}, ""),
        ({"created_from": "2026-01-05T12:02:00Z"}, "cd"),
        ({"created_to": "2026-01-05T12:01:00Z"}, "ab"),
        ({"created_from": "2026-01-05", "created_to": "2026-01-05"}, "abcd"),
        ({"created_from": "2026-01-06"}, ""),
        ({"followup_before": "2026-02-02"}, "a"),
        ({"followup_before": "2026-02-01"}, ""),
        ({"phone_number": "+33 6 00 00 00 01"}, "b"),
        ({"phone_number": " 33600000002"}, "c"),
        ({"phone_number": "+33600000009"}, ""),
        ({"search": ""}, "abcd"),
        ({"created_from": "", "created_to": ""}, "abcd"),
    ],
    ids=str,
)
def test_filters_hold_together_and_the_summary_is_of_what_they_match(client, sarah, parameters, found):
    for nr, row in enumerate(people(sarah, *"abcd")):
        Customer.objects.filter(pk=row.pk).update(phone_number=f"+3360000000{nr}")
    Customer.objects.filter(name="a").update(interest_level="hot", next_followup=datetime(2026, 2, 1, 9, tzinfo=UTC))
    Customer.objects.filter(name="b").update(do_not_call=True)
    Customer.objects.filter(name="c").update(interest_level="converted", converted_at=NOON)
    Customer.objects.filter(name="d").update(interest_level="warm", call_preference_time="evening")
    body = listed(client, ordering="name", **parameters)
    assert "".join(item["name"] for item in body["items"]) == found
    assert body["total_count"] == len(found)
    assert body["summary"] == {
        "cold": found.count("b"),
        "warm": found.count("d"),
        "hot": found.count("a"),
        "converted": found.count("c"),
        "do_not_call": found.count("b"),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("john", "ab"), ("JOHN S", "a"), ("ohn sm", "a"), ("john@", "b"), ("EXAMPLE.com", "b"), ("zoë", "c")),
        *(("ZOË", "c"), ("zoe", "c"), ("Zoe\u0308", "c"), ("jöhn", "ab"), ("straße", "e"), ("STRASSE", "e")),
        *(("œuvre", "e"), ("oeuvre", "e"), ("ΟΔΟΣ", "c"), ("οδοσ", "c"), ("οδός", "c"), ("i ο", "c"), ("İ ο", "c")),
        *(("100%", "d"), ("１００％", "d"), ("%", "d"), ("_", "d"), ("＿", "d"), ("\\", "d"), ("\u0301", "abcde")),
        *(("100_", ""), ("+33612345678", "a"), ("+33 6 12", "a"), ("06 12..", "a"), ("06.12.34", "a"), ("6-12", "a")),
        *(("(0)612", "a"), ("33612345678", "a"), ("٠٦١٢", "a"), ("12-34", "ad"), ("nobody", ""), ("  smith  ", "a")),
    ],
)
def test_a_search_finds_parts_of_names_addresses_and_numbers_as_they_are_written(client, sarah, text, found):
    numbers = ("+33612345678", "+4915112300000", "+4915112300001", "+4915112300002", "+4915112300003")
    a, b, c, d, e = (CustomerFactory(agent=sarah, phone_number=number) for number in numbers)
    texts = {a: ("John Smith", ""), b: ("b", "john@example.com"), c: ("Zoë İ ΟΔΟΣ", ""), d: ("100% \\ a_b 12-34", "")}
    texts[e] = ("L'Œuvre, Straße", "")
    for row, (name, email) in texts.items():
        Customer.objects.filter(pk=row.pk).update(name=name, email=email)
    letters = {str(row.pk): letter for row, letter in zip((a, b, c, d, e), "abcde", strict=True)}
    assert "".join(sorted(letters[item["id"]] for item in listed(client, search=text)["items"])) == found


@pytest.mark.parametrize("text", ["smith", "Smïth", "06 12 34"])
def test_a_search_is_answered_from_its_index(text):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Customer.unscoped.filter(search_condition(text)).order_by().values("pk").explain()
    assert "Bitmap Index Scan on customer_search" in plan
    assert "regexp_replace" not in plan


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *(
            ("limit", "0"),
            ("limit", "1001"),
            ("limit", "x"),
            ("offset", "-1"),
            ("ordering", "notes"),
            ("converted", "x"),
        ),
        *(("interest_level", "x"), ("agent_id", "x"), ("created_from", "soon"), ("created_to", "2026-13-01")),
        *(("followup_before", "x"), ("phone_number", "0612345678"), ("search", "x" * 201), ("surprise", "1")),
        *(("search", "\x00"), ("call_preference_time", "x"), ("do_not_call", "x")),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_what_is_wrong_with_a_parameter_is_said_by_its_name(client, sarah, parameter, value):
    answer = client.get(f"{CUSTOMERS}?{urlencode({parameter: value})}")
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == [parameter]


def test_everybody_sees_his_own(admin, client, caretaker, outsider, stranger, sarah, theirs, their_agent):
    people(sarah, "of sarah")
    people(AIAgentFactory(), "of another")
    with tenancy.scope(theirs.organization.pk):
        people(their_agent, "of theirs")
    assert names(admin, ordering="name") == ["of another", "of sarah"]
    assert names(client) == names(caretaker) == ["of sarah"]
    assert names(outsider) == []
    assert names(stranger) == ["of theirs"]
    assert names(admin, agent_id=sarah.pk) == ["of sarah"]
    assert names(outsider, agent_id=sarah.pk) == names(stranger, agent_id=sarah.pk) == []


def test_many_cost_no_more_queries_than_one(client, sarah, counted):
    people(sarah, *"abcdefgh")
    client.get(CUSTOMERS)  # who is calling is known from now on
    with counted("GET customers"):
        listed(client, search="a", interest_level="cold", converted="false", ordering="-next_followup")


def test_one_with_a_long_history_costs_as_many_as_any(client, sarah, counted):
    [customer] = people(sarah, "a")
    for nr in range(60):
        CallFactory(customer=customer, started_at=NOON + timedelta(minutes=nr))
    client.get(CUSTOMERS)  # who is calling is known from now on
    with counted("GET customer"):
        shown = client.get(f"{CUSTOMERS}{customer.pk}/").json()["customer"]
    starts = [call["started_at"] for call in shown["call_history"]]
    assert len(starts) == 50
    assert starts == sorted(starts, reverse=True)
    assert starts[0] == "2026-01-05T12:59:00Z"
