"""What stands in an AI agent's calendar, and how it is sent."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar

from agents.models import AIAgent, Callback
from agents.selectors import calendar as selectors
from agents.services import calendar_feed
from agents.services.callbacks import update_callback
from core.actor import Actor
from tests.agents.conftest import AGENTS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOSTILE = (
    "one, two; three \\n four\r\nfive\rsix\u2028seven\x07eight"
    + "\nBEGIN:VEVENT\nSUMMARY:forged\nEND:VEVENT\n"
    + '"quoted":colon \N{FACE WITH TEARS OF JOY}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}'
)


def at(agent, hours, *, name="Ada Lovelace", phone=None, **fields):
    """A callback of an agent's in so many hours."""
    numbered = {"phone_number": phone} if phone else {}
    customer = CustomerFactory(agent=agent, name=name, **numbered)
    return CallbackFactory(customer=customer, scheduled_datetime=NOW + timedelta(hours=hours), **fields)


def events(answer):
    """What a calendar program makes of an answer."""
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    for line in answer.content.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_what_is_to_come_and_what_was_within_thirty_days_stands_in_it(http, sarah, address, counted):
    with time_machine.travel(NOW, tick=False):
        coming = at(
            sarah, 4, phone="+33612345678", reason="Pricing", notes="Likes tea", priority_level=5, reschedule_count=3
        )
        at(sarah, -1, name="", phone="+33687654321", status="cancelled", reason="")
        at(sarah, -30 * 24, name="Old")
        at(sarah, -30 * 24 - 1, name="Too old")
        at(AIAgentFactory(), 4, name="Another agent's")
        with counted("GET calendar.ics"):
            answer = http.get(address)
    calendar = Calendar.from_ical(answer.content)
    assert (calendar["VERSION"], calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("2.0", "PUBLISH", "Sarah")
    assert calendar["PRODID"] == "-//Switchboard//AI agents//EN"
    first, second, third = events(answer)
    assert (first["UID"], first["SEQUENCE"], first["STATUS"]) == (str(coming.pk), 3, "CONFIRMED")
    assert (first.start, first.end) == (coming.scheduled_datetime, coming.ends_at)
    assert first.start.tzinfo is not None
    assert first["DTSTAMP"].dt == first["LAST-MODIFIED"].dt == NOW
    assert first["SUMMARY"] == "Call Ada Lovelace"
    assert first["DESCRIPTION"] == "Pricing\nLikes tea\nPriority 5 of 5\n+33612345678"
    assert (second["SUMMARY"], second["STATUS"]) == ("Call +33687654321", "CANCELLED")
    assert second["DESCRIPTION"] == "Priority 3 of 5\n+33687654321"
    assert third["SUMMARY"] == "Call Old"
    assert calendar.walk("VALARM") == []
    assert b"DTSTART:20260302T140000Z\r\nDTEND:20260302T141500Z\r\n" in answer.content


@pytest.mark.parametrize(
    ("status", "agent", "shown"),
    [
        ("scheduled", "active", "CONFIRMED"),
        ("rescheduled", "learning", "CONFIRMED"),
        ("in_progress", "paused", "CONFIRMED"),
        ("completed", "paused", "CONFIRMED"),
        ("scheduled", "paused", "TENTATIVE"),
        ("rescheduled", "training", "TENTATIVE"),
        ("cancelled", "active", "CANCELLED"),
        ("cancelled", "paused", "CANCELLED"),
    ],
)
def test_what_waits_for_an_agent_that_does_not_call_is_tentative(http, sarah, address, status, agent, shown):
    with time_machine.travel(NOW, tick=False):
        at(sarah, 1, status=status)
        AIAgent.objects.update(status=agent)
        [event] = events(http.get(address))
    assert event["STATUS"] == shown


@pytest.mark.parametrize(
    ("ended_after_minutes", "shown"),
    [(-61, "CANCELLED"), (-1, "CANCELLED"), (0, "CONFIRMED"), (9, "CONFIRMED"), (120, "CONFIRMED")],
)
def test_what_was_completed_before_its_time_takes_place_no_longer(http, sarah, address, ended_after_minutes, shown):
    with time_machine.travel(NOW, tick=False):
        callback = at(sarah, 1)
        first = http.get(address)
        assert [event["STATUS"] for event in events(first)] == ["CONFIRMED"]
    with time_machine.travel(callback.scheduled_datetime + timedelta(minutes=ended_after_minutes), tick=False):
        system = Actor(kind="system", organization_id=sarah.organization_id)
        update_callback(callback_id=callback.pk, by=system, status="completed")
        for headers in ({}, {"If-None-Match": first["ETag"]}):
            [event] = events(http.get(address, headers=headers))
            assert (event["STATUS"], event.start) == (shown, callback.scheduled_datetime)


def test_hostile_text_stays_text(http, sarah, address):
    clean = "\n".join(HOSTILE.splitlines()).replace("\x07", "")
    line = " ".join(clean.split())
    with time_machine.travel(NOW, tick=False):
        AIAgent.objects.update(name=HOSTILE[:100])
        at(sarah, 1, name=HOSTILE[:200], reason=HOSTILE, notes=HOSTILE)
        at(sarah, 2, name="Zoé " + "\N{GRINNING FACE}" * 190, notes="é,;\\" * 1250)
        at(sarah, 3, notes="x" * 5001)
        answer = http.get(address)
    first, second, third = events(answer)
    assert first["SUMMARY"] == f"Call {line}"
    assert first["DESCRIPTION"] == f"{line}\n{clean}\nPriority 3 of 5\n{first['DESCRIPTION'].splitlines()[-1]}"
    assert second["SUMMARY"] == "Call Zoé " + "\N{GRINNING FACE}" * 190
    assert ("é,;\\" * 1250) in second["DESCRIPTION"]
    assert ("x" * 5000) in third["DESCRIPTION"]
    assert ("x" * 5001) not in third["DESCRIPTION"]
    assert b"\x07" not in answer.content
    assert answer.content.count(b"BEGIN:VEVENT\r\n") == 3


def test_it_is_not_sent_again_until_something_is_another(http, sarah, address):
    with time_machine.travel(NOW, tick=False):
        callback = at(sarah, 1)
        first = http.get(address)
        assert first["Cache-Control"] == "private, no-cache"
        assert first["X-Robots-Tag"] == "noindex"

        def again():
            return http.get(address, headers={"If-None-Match": first["ETag"]})

        same = again()
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
        assert same["Cache-Control"] == "private, no-cache"
        changes = [
            lambda: Callback.objects.update(notes="Another"),
            lambda: type(callback.customer).objects.update(name="Bob"),
            lambda: AIAgent.objects.update(name="Olga"),
            lambda: AIAgent.objects.update(status="paused"),
            lambda: at(sarah, 2),
        ]
        for change in changes:
            change()
            changed = again()
            assert changed.status_code == 200
            first = changed
            assert again().status_code == 304
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert again().status_code == 200  # nothing is left of it


def test_of_very_many_those_that_are_near_stand_in_it(http, sarah, address, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_ENTRIES", 4)
    monkeypatch.setattr(calendar_feed, "MOST_CHARACTERS_OF_NOTES", 25)
    with time_machine.travel(NOW, tick=False):
        for hours in (-3, -2, -1, 1, 2, 3):
            at(sarah, hours, notes="0123456789")
        found = events(http.get(address))
    assert [event.start for event in found] == [NOW + timedelta(hours=hours) for hours in (1, 2, 3, -1)]
    assert ["0123456789" in event["DESCRIPTION"] for event in found] == [True, True, False, False]


def test_whoever_sees_the_agent_may_download_it(admin, client, caretaker, http, sarah, address):
    customer = CustomerFactory(agent=sarah)
    CallbackFactory(customer=customer, scheduled_datetime=datetime.now(UTC) + timedelta(hours=1))
    assert len(events(http.get(address))) == 1
    path = f"{AGENTS}{sarah.pk}/calendar.ics"
    for caller in (admin, client, caretaker):
        assert events(caller.get(path)) == events(http.get(address))
        assert caller.get(path, headers={"If-None-Match": caller.get(path)["ETag"]}).status_code == 304
    assert http.get(path).status_code == 401


@pytest.mark.parametrize("accepts", ["text/calendar", "*/*", "text/calendar, */*;q=0.9", "text/html"])
def test_it_is_a_calendar_whatever_a_program_says_it_accepts(http, address, accepts):
    assert events(http.get(address, headers={"Accept": accepts})) == []
    assert http.head(address, headers={"Accept": accepts}).status_code == 200
