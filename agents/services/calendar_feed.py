"""An AI agent's callbacks as calendar programs read them. Source: RFC 5545; X-WR-CALNAME is theirs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from icalendar import Calendar, Event, vText

from agents.models import WAITING, AIAgent, CallbackStatus
from agents.selectors.calendar import Row, calendar_rows
from core.rendering import to_json

PRODUCER: Final = "-//Switchboard//AI agents//EN"
# Another one, when the same callbacks are written otherwise.
FORMAT: Final = 2
# Folding takes long: beyond so many characters in all, entries come without notes, the furthest from now first.
MOST_CHARACTERS_OF_NOTES: Final = 1_000_000
NOT_IN_TEXT: Final[Mapping[int, None]] = dict.fromkeys({*range(32), 127} - set(map(ord, "\t\n")))


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar that can be written; `etag` says whether it is another one than before."""

    agent: AIAgent
    rows: Sequence[Row]
    etag: str

    def written(self) -> bytes:
        """The calendar in the format of RFC 5545."""
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", PRODUCER)
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", vText(_line(self.agent.name)))
        room = MOST_CHARACTERS_OF_NOTES
        for row in self.rows:
            room -= len(row["shown_notes"])
            calendar.add_component(_event(row, self.agent, notes=row["shown_notes"] if room >= 0 else ""))
        written: bytes = calendar.to_ical()
        return written


def calendar_feed(agent: AIAgent, *, now: datetime) -> Feed:
    """The agent's calendar, read but not yet written."""
    rows = calendar_rows(agent, now=now)
    content = to_json([FORMAT, agent.name, agent.is_ready_for_calls, rows])
    return Feed(agent, rows, etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _event(row: Row, agent: AIAgent, *, notes: str) -> Event:
    name, phone = _line(row["customer__name"]), row["customer__phone_number"]
    reason = _line(row["reason"])
    facts = [reason, _text(notes), f"Priority {row['priority_level']} of 5", phone]
    event = Event()
    event.add("uid", str(row["id"]))
    event.add("dtstart", row["scheduled_datetime"])
    event.add("dtend", row["ends_at"])
    event.add("dtstamp", row["updated_at"])
    event.add("last-modified", row["updated_at"])
    event.add("sequence", row["reschedule_count"])
    event.add("summary", f"Call {name or phone}")
    event.add("description", "\n".join(fact for fact in facts if fact))
    event.add("status", _status(row, agent))
    return event


def _status(row: Row, agent: AIAgent) -> str:
    """CANCELLED is also what was completed before its time: nobody calls then any more. TENTATIVE is what waits for an
    agent that does not call: it may come to nothing."""
    was_early = row["completed_at"] is not None and row["completed_at"] < row["scheduled_datetime"]
    if row["status"] == CallbackStatus.CANCELLED or was_early:
        return "CANCELLED"
    return "TENTATIVE" if row["status"] in WAITING and not agent.is_ready_for_calls else "CONFIRMED"


def _text(text: str) -> str:
    """Without the control characters that no text of a calendar may hold; every kind of line break is one."""
    return "\n".join(text.splitlines()).translate(NOT_IN_TEXT)


def _line(text: str) -> str:
    return " ".join(_text(text).split())
