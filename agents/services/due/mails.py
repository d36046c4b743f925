"""The mails about callbacks. They are for people who manage them, and in English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agents.models import Callback, CallbackStatus
from core.mail import Mail, absolute_url, render

# Mail programs cut off what is longer than 100 kB.
MOST_LISTED: Final = 50


class Occasion(StrEnum):
    """What a mail is about; its template has the same name."""

    REMINDER = "reminder"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to, and whether a link into the Django admin is of use to him."""

    email: str
    may_enter_admin: bool


SUBJECTS: Final[Mapping[Occasion, tuple[str, str]]] = {
    Occasion.REMINDER: ("A callback is coming up", "{} callbacks are coming up"),
    Occasion.OVERDUE: ("A callback is overdue", "{} callbacks are overdue"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A callback as a mail lists it, with its times on its agent's clock; `begun` is of one in progress."""

    customer: str
    phone: str
    day: str
    clock: str
    zone: str
    agent: str
    reason: str
    priority: int
    begun: str


def mail_about(occasion: Occasion, callbacks: Sequence[Callback], *, to: Recipient) -> Mail:
    """A mail that lists the callbacks, whose customers and agents must be there already."""
    one, several = SUBJECTS[occasion]
    subject = one if len(callbacks) == 1 else several.format(len(callbacks))
    number_begun = sum(callback.status == CallbackStatus.IN_PROGRESS for callback in callbacks)
    context = {
        "recipient": to.email,
        "some_wait": number_begun < len(callbacks),
        "some_began": number_begun > 0,
        "lines": [_line(callback) for callback in callbacks[:MOST_LISTED]],
        "more": max(len(callbacks) - MOST_LISTED, 0),
        "url": absolute_url("admin:agents_callback_changelist") if to.may_enter_admin else "",
    }
    body = render(f"agents/mail/{occasion}", language="en", subject=subject, context=context)
    return Mail(to=to.email, subject=subject, html=body.html, text=body.text, kind=f"agents_{occasion}")


def _line(callback: Callback) -> Line:
    local = callback.scheduled_datetime.astimezone(callback.agent.zone)
    began_at = callback.started_at if callback.status == CallbackStatus.IN_PROGRESS else None
    return Line(
        customer=callback.customer.name,
        phone=callback.customer.phone_number,
        day=f"{local:%a %-d %b %Y}",
        clock=f"{local:%H:%M}",
        zone=callback.agent.timezone,
        agent=callback.agent.name,
        reason=callback.reason,
        priority=callback.priority_level,
        begun=f"{began_at.astimezone(callback.agent.zone):%a %-d %b, %H:%M}" if began_at else "",
    )
