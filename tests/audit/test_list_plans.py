"""Whatever is asked of the log, an index finds it in its order: no query reads all entries, or sorts them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pymongo import MongoClient, monitoring

from audit import selectors
from audit.documents import AUDIT_LOGS
from audit.selectors import Filters, exporting
from core import mongo, tenancy
from core.mongo import connection
from core.testing.mongo import start_anew
from tests.audit.writing import NOON, write_many

pytestmark = pytest.mark.django_db


class Finds(monitoring.CommandListener):
    """Keeps every `find` that is sent."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "find":
            names = ("find", "filter", "sort", "limit")
            self.commands.append({name: event.command[name] for name in names if name in event.command})

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing."""


@pytest.fixture
def finds(settings, monkeypatch) -> Finds:
    listener = Finds()
    uri = settings.MONGODB_URI
    heard = MongoClient(uri, tz_aware=True, uuidRepresentation="standard", event_listeners=[listener])
    monkeypatch.setattr(connection, "client", lambda: heard)
    yield listener
    heard.close()


def stages(plan: Any) -> list[str]:
    """The names of all stages of a plan."""
    if isinstance(plan, dict):
        own = [plan["stage"]] if isinstance(plan.get("stage"), str) else []
        return own + [name for value in plan.values() for name in stages(value)]
    return [name for value in plan for name in stages(value)] if isinstance(plan, list) else []


def assert_in_order(finds: Finds, *, most_examined: int) -> None:
    for command in finds.commands:
        asked = {"explain": command, "verbosity": "executionStats"}
        told = mongo.database().command(asked, codec_options=mongo.database().codec_options)
        used = stages(told["queryPlanner"]["winningPlan"])
        assert not {"SORT", "COLLSCAN"} & set(used), (command, used)
        assert "IXSCAN" in used or used == ["EOF"], (command, used)
        assert told["executionStats"]["totalDocsExamined"] <= most_examined, (command, told["executionStats"])


@pytest.fixture
def stocked(ours):
    """Entries of two people, on two days, of two kinds."""
    start_anew(AUDIT_LOGS)
    for number, person in enumerate((ours.admin, ours.client)):
        at = NOON + timedelta(days=number)
        write_many(ours, 300, by=person, action=("create", "delete")[number], at=at, resource_type=("a", "b")[number])
    with tenancy.scope(ours.organization.pk):
        yield ours


SINCE, UNTIL = NOON - timedelta(hours=1), NOON + timedelta(days=1, hours=1)
ASKED = {
    "everything": {},
    "a person": {"user_id": UUID(int=1)},
    "an action": {"action": "delete"},
    "a kind": {"resource_type": "b"},
    "an object": {"resource_id": "7"},
    "an object and its kind": {"resource_id": "7", "resource_type": "a"},
    "a window": {"since": SINCE, "until": UNTIL},
    "from a day on": {"since": SINCE},
    "a kind in a window": {"resource_type": "a", "since": SINCE, "until": UNTIL},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("role", ["admin", "client"])
def test_a_page_and_the_next(stocked, finds, asked, role):
    person = getattr(stocked, role)
    filters = Filters(**{**asked, **({"user_id": stocked.admin.pk} if "user_id" in asked else {})})
    first = selectors.page(filters, by=person.as_actor(), limit=5)
    if first.next_cursor:
        second = selectors.page(filters, by=person.as_actor(), limit=5, cursor=first.next_cursor)
        assert {one["seq"] for one in first.entries}.isdisjoint(one["seq"] for one in second.entries)
    assert finds.commands or (role, "user_id" in asked) == ("client", True)
    # What somebody who is no admin did may have to be looked through for an action or a kind: that is his own.
    assert_in_order(finds, most_examined=6 if role == "admin" else 300)


def test_somebodys_activity(stocked, finds):
    assert len(selectors.activity_of(stocked.admin.pk, by=stocked.admin.as_actor(), since=SINCE, limit=7)) == 7
    assert_in_order(finds, most_examined=7)


@pytest.mark.parametrize("resource_type", [None, "a"])
def test_an_objects_history(stocked, finds, resource_type):
    found = selectors.history(resource_id="7", resource_type=resource_type, by=stocked.admin.as_actor(), limit=10)
    assert len(found) == (1 if resource_type else 2)
    assert_in_order(finds, most_examined=2)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_an_export(stocked, finds, asked, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 50)
    filters = Filters(**asked)
    found = [entry["seq"] for entry in selectors.entries_upto(selectors.size(), filters)]
    assert found == sorted(found)
    assert len(found) == len(set(found))
    assert_in_order(finds, most_examined=51)


def test_another_s_entries_are_not_even_looked_for_on_behalf_of_who_is_no_admin(stocked, finds):
    page = selectors.page(Filters(user_id=stocked.admin.pk), by=stocked.client.as_actor(), limit=5)
    assert (page.entries, page.next_cursor, finds.commands) == ([], None, [])
