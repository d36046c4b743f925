"""GET /api/agents/ai/callbacks/: the list, its filters and what they add up to, and GET of one."""

from datetime import UTC, datetime

import pytest
import time_machine

from agents.models import Callback
from tests.agents.callback_fields import MONDAY, NOBODY, SCHEDULED, iso, on
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory

pytestmark = pytest.mark.django_db
NONE = {"scheduled": 0, "in_progress": 0, "completed": 0, "rescheduled": 0, "cancelled": 0, "overdue": 0}


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def week(sarah) -> list[Callback]:
    """Sarah's, one an hour, in the order of their time; MONDAY is 08:00."""
    john = CustomerFactory(agent=sarah, name="John Smith", phone_number="+33612345678")
    mary = CustomerFactory(agent=sarah, name="Mary Müller", email="mary@example.com", phone_number="+4915112345678")
    book = lambda customer, hour, status, **more: CallbackFactory(  # noqa: E731
        customer=customer, scheduled_datetime=on(hour), status=status, **more
    )
    return [
        book(john, 5, "scheduled", priority_level=5),
        book(mary, 6, "rescheduled", priority_level=1),
        book(john, 7, "completed"),
        book(mary, 8, "in_progress"),
        book(john, 9, "scheduled", priority_level=4),
        book(mary, 10, "cancelled"),
        CallbackFactory(customer=mary, scheduled_datetime=on(9, day=1)),
    ]


def listed(caller, **query):
    answer = caller.get(CALLBACKS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def hours(body) -> list[str]:
    return [item["scheduled_datetime"][8:13] for item in body["items"]]


def test_the_earliest_come_first_and_each_is_shown_as_by_itself(client, week, counted):
    client.get(CALLBACKS)
    with counted("GET callbacks"):
        body = listed(client)
    assert hours(body) == ["07T05", "07T06", "07T07", "07T08", "07T09", "07T10", "08T09"]
    assert body["total_count"] == 7
    assert body["summary"] == {
        "scheduled": 3,
        "in_progress": 1,
        "completed": 1,
        "rescheduled": 1,
        "cancelled": 1,
        "overdue": 2,
    }
    with counted("GET callback"):
        answer = client.get(f"{CALLBACKS}{week[0].pk}/")
    assert answer.json()["message"] == "Callback retrieved successfully"
    assert answer.json()["data"] == answer.json()["callback"] == body["items"][0]
    assert body["items"][0] == {
        **SCHEDULED,
        "id": str(week[0].pk),
        "agent_id": str(week[0].agent_id),
        "customer_id": str(week[0].customer_id),
        "customer_phone": "+33612345678",
        "customer_name": "John Smith",
        "scheduled_datetime": "2030-01-07T05:00:00Z",
        "ends_at": "2030-01-07T05:15:00Z",
        "priority_level": 5,
        "reason": "Follow-up",
        "is_overdue": True,
        "created_at": iso(MONDAY),
        "updated_at": iso(MONDAY),
    }


def test_times_have_no_fractions_in_lists_either(client, week):
    moment = datetime(2030, 1, 6, 23, 59, 59, 999_999, tzinfo=UTC)
    Callback.objects.filter(pk=week[2].pk).update(completed_at=moment, created_at=moment)
    item = next(item for item in listed(client)["items"] if item["id"] == str(week[2].pk))
    assert item == client.get(f"{CALLBACKS}{week[2].pk}").json()["callback"]
    assert (item["completed_at"], item["created_at"]) == ("2030-01-06T23:59:59Z", "2030-01-06T23:59:59Z")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "scheduled"}, [0, 4, 6]),
        ({"status": "cancelled"}, [5]),
        ({"overdue": "true"}, [0, 1]),
        ({"overdue": "false"}, [2, 3, 4, 5, 6]),
        ({"status": "scheduled", "overdue": "true"}, [0]),
        ({"today": "true"}, [0, 1, 2, 3, 4, 5]),
        ({"today": "false"}, [6]),
        ({"status": "scheduled", "overdue": "true", "today": "true"}, [0]),
        ({"priority_level": 4}, [4]),
        ({"date_from": "2030-01-07T08:00:00Z"}, [3, 4, 5, 6]),
        ({"date_to": "2030-01-07T08:00:00Z"}, [0, 1, 2, 3]),
        ({"date_from": "2030-01-07T08:00:00+02:00", "date_to": "2030-01-07T07:00:00"}, [1, 2]),
        ({"date_from": "2030-01-08"}, [6]),
        ({"date_to": "2030-01-07"}, [0, 1, 2, 3, 4, 5]),
        ({"search": "john"}, [0, 2, 4]),
        ({"search": "MÜLLER"}, [1, 3, 5, 6]),
        ({"search": "muller"}, [1, 3, 5, 6]),
        ({"search": "mary@"}, [1, 3, 5, 6]),
        ({"search": "+33 6 12"}, [0, 2, 4]),
        ({"search": "nobody"}, []),
        ({"search": "", "date_from": ""}, [0, 1, 2, 3, 4, 5, 6]),
        ({"agent_id": str(NOBODY)}, []),
        ({"customer_id": str(NOBODY)}, []),
    ],
    ids=str,
)
def test_filters_choose_and_the_summary_counts_what_they_chose(client, week, query, found):
    body = listed(client, **query)
    assert [item["id"] for item in body["items"]] == [str(week[number].pk) for number in found]
    assert body["total_count"] == len(found)
    counts = dict(NONE)
    for number in found:
        counts[week[number].status] += 1
        counts["overdue"] += number in {0, 1}
    assert body["summary"] == counts


def test_filters_by_id_and_all_at_once(client, week, counted):
    query = {"agent_id": str(week[0].agent_id), "customer_id": str(week[0].customer_id)}
    assert hours(listed(client, **query)) == ["07T05", "07T07", "07T09"]
    query |= {"status": "scheduled", "overdue": "true", "today": "true", "priority_level": 5, "search": "smith"}
    query |= {"date_from": "2030-01-07", "date_to": "2030-01-07"}
    with counted("GET callbacks, all filters"):
        assert hours(listed(client, **query)) == ["07T05"]


@pytest.mark.parametrize(
    ("ordering", "order"),
    [
        ("scheduled_datetime", [0, 1, 2, 3, 4, 5, 6]),
        ("-scheduled_datetime", [6, 5, 4, 3, 2, 1, 0]),
        ("priority_level", [1, "rest", 4, 0]),
        ("-priority_level", [0, 4, "rest", 1]),
    ],
    ids=str,
)
def test_the_order_is_asked_for(client, week, ordering, order):
    rest = [str(week[number].pk) for number in (2, 3, 5, 6)]
    expected = []
    for number in order:
        expected += rest if number == "rest" else [str(week[number].pk)]
    assert [item["id"] for item in listed(client, ordering=ordering)["items"]] == expected


@pytest.mark.parametrize("ordering", ["created_at", "-created_at"])
def test_ids_decide_between_equals(client, week, ordering):
    items = listed(client, ordering=ordering)["items"]
    key = ordering.removeprefix("-")
    pairs = [(item[key], item["id"]) for item in items]
    by_id = sorted(pairs, key=lambda pair: pair[1])
    assert pairs == sorted(by_id, key=lambda pair: pair[0], reverse=ordering.startswith("-"))


@pytest.mark.parametrize("ordering", ["priority_level", "-priority_level", "status", "-status"])
def test_between_equals_the_earlier_comes_first(client, week, ordering):
    items = listed(client, ordering=ordering)["items"]
    key, is_turned = ordering.removeprefix("-"), ordering.startswith("-")
    by_time = sorted(items, key=lambda item: (item["scheduled_datetime"], item["id"]))
    assert items == sorted(by_time, key=lambda item: item[key], reverse=is_turned)
    assert len({item[key] for item in items}) < len(items)


def test_pages_are_parts_of_one_list(client, week):
    parts = [listed(client, limit=3, offset=offset, ordering="status") for offset in (0, 3, 6, 9)]
    assert [len(part["items"]) for part in parts] == [3, 3, 1, 0]
    assert {part["total_count"] for part in parts} == {7}
    together = [item for part in parts for item in part["items"]]
    assert together == listed(client, ordering="status")["items"]


def test_an_empty_list_is_empty(outsider, week):
    assert listed(outsider) == {"items": [], "total_count": 0, "summary": NONE}


def test_everybody_sees_what_is_his(admin, client, caretaker, outsider, stranger, week):
    CallbackFactory(scheduled_datetime=on(12))
    totals = [listed(caller)["total_count"] for caller in (admin, client, caretaker, outsider, stranger)]
    assert totals == [8, 7, 7, 0, 0]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "late"},
        {"overdue": "maybe"},
        {"today": "7"},
        {"priority_level": "6"},
        {"priority_level": "high"},
        {"agent_id": "7"},
        {"customer_id": "x"},
        {"date_from": "soon"},
        {"ordering": "reason"},
        {"limit": "1001"},
        {"offset": "-1"},
        {"search": "x" * 101},
        {"colour": "red"},
    ],
    ids=lambda query: "-".join(f"{name}={value[:5]}" for name, value in query.items()),
)
def test_what_cannot_be_understood_is_refused_by_name(client, week, query):
    answer = client.get(CALLBACKS, query)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["details"].keys() == query.keys()


def test_no_window_ends_before_it_begins(client):
    answer = client.get(CALLBACKS, {"date_from": "2030-01-08", "date_to": "2030-01-07"})
    assert answer.json()["details"] == {"date_to": ["Is before date_from."]}


def test_every_agent_has_a_today_of_its_own(ours, in_scope, logged_in):
    # It is Monday, 23:30 in Paris: Tuesday in Kathmandu, Monday in New York.
    moment = datetime(2030, 1, 7, 22, 30, tzinfo=UTC)
    zones = ("Europe/Paris", "Asia/Kathmandu", "America/New_York", "CET")
    customers = {zone: CustomerFactory(agent=AIAgentFactory(timezone=zone)) for zone in zones}
    at = {
        "Paris begins": ("Europe/Paris", datetime(2030, 1, 6, 23, tzinfo=UTC)),
        "Paris before": ("Europe/Paris", datetime(2030, 1, 6, 22, 59, tzinfo=UTC)),
        "Paris ends": ("Europe/Paris", datetime(2030, 1, 7, 22, 59, tzinfo=UTC)),
        "Paris after": ("Europe/Paris", datetime(2030, 1, 7, 23, 14, tzinfo=UTC)),
        "Kathmandu before": ("Asia/Kathmandu", datetime(2030, 1, 7, 18, 14, tzinfo=UTC)),
        "Kathmandu begins": ("Asia/Kathmandu", datetime(2030, 1, 7, 18, 30, tzinfo=UTC)),
        "Kathmandu ends": ("Asia/Kathmandu", datetime(2030, 1, 8, 18, 14, tzinfo=UTC)),
        "New York before": ("America/New_York", datetime(2030, 1, 7, 4, 59, tzinfo=UTC)),
        "New York begins": ("America/New_York", datetime(2030, 1, 7, 5, 30, tzinfo=UTC)),
        "New York ends": ("America/New_York", datetime(2030, 1, 8, 4, 59, tzinfo=UTC)),
        "CET begins": ("CET", datetime(2030, 1, 6, 23, tzinfo=UTC)),
        "CET after": ("CET", datetime(2030, 1, 7, 23, tzinfo=UTC)),
    }
    for name, (zone, begins) in at.items():
        CallbackFactory(customer=customers[zone], scheduled_datetime=begins, reason=name, status="completed")
    with time_machine.travel(moment, tick=False):
        admin = logged_in(ours.admin)
        lists = [listed(admin, today=said)["items"] for said in ("true", "false")]
    today, other = (sorted(item["reason"] for item in items) for items in lists)
    assert today == sorted(name for name in at if name.split()[-1] in {"begins", "ends"})
    assert other == sorted(name for name in at if name.split()[-1] in {"before", "after"})
