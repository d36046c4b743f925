"""The addresses of an AI agent's calendar: each person has his own, which shows the agent as long as he sees it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from agents.errors import CalendarNotFound
from agents.models import AIAgent
from agents.services.facts import AGENT
from agents.services.locking import agent_locked
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON
from core.mail import absolute_url

# A salt of its own: no other signature of ours is a token, and no token is any other signature.
SALT: Final = "agents.calendar"


@dataclass(frozen=True, slots=True)
class CalendarKey:
    """What an address says: which agent of which organization, which of its addresses, and for whom that was made."""

    organization_id: UUID
    agent_id: UUID
    version: int
    reader_id: UUID


def calendar_shown(agent: AIAgent, *, to: Actor) -> dict[str, JSON]:
    """A calendar as the API answers it to a person: whose, and where it is."""
    return {"agent_id": str(agent.pk), "url": calendar_url(agent, reader_id=to.user_id)}


def calendar_url(agent: AIAgent, *, reader_id: UUID | None) -> str:
    """Where this person's calendar programs subscribe to the agent's callbacks, until it gets another address."""
    token = Signer(salt=SALT).sign(f"{agent.organization_id}.{agent.pk}.{agent.calendar_version}.{reader_id}")
    # The colon stays: what is logged is searched for signatures, which follow one.
    return f"{absolute_url('calendar-feed')}?token={quote(token, safe=':')}"


def read_calendar_token(token: str) -> CalendarKey:
    """What it was made for. Raises CalendarNotFound."""
    try:
        organization_id, agent_id, version, reader_id = Signer(salt=SALT).unsign(token).split(".")
        return CalendarKey(UUID(organization_id), UUID(agent_id), int(version), UUID(reader_id))
    except (BadSignature, ValueError) as error:
        raise CalendarNotFound from error


@transaction.atomic
def move_calendar(*, agent_id: UUID, by: Actor) -> AIAgent:
    """Give everybody another address of the agent's calendar: there is nothing at the old ones any more.

    Raises AgentNotFound.
    """
    agent = agent_locked(agent_id, by=by)
    before = agent.calendar_version
    agent.calendar_version += 1
    agent.save(update_fields=["calendar_version"])
    audit.record(
        action="update",
        resource_type=AGENT,
        resource_id=agent.pk,
        changes={"calendar_version": (before, agent.calendar_version)},
    )
    return agent
