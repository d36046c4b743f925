"""The address of an AI agent's calendar, which is all the authority that a calendar program has."""

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


def calendar_shown(agent: AIAgent) -> dict[str, JSON]:
    """A calendar as the API answers it: whose, and where it is."""
    return {"agent_id": str(agent.pk), "url": calendar_url(agent)}


def calendar_url(agent: AIAgent) -> str:
    """Where anybody who knows it can subscribe to the agent's callbacks, until it gets another one."""
    token = Signer(salt=SALT).sign(f"{agent.organization_id}.{agent.pk}.{agent.calendar_version}")
    # The colon stays: what is logged is searched for signatures, which follow one.
    return f"{absolute_url('calendar-feed')}?token={quote(token, safe=':')}"


def read_calendar_token(token: str) -> tuple[UUID, UUID, int]:
    """The ids of the organization and the agent that it was made for, and which address. Raises CalendarNotFound."""
    try:
        organization_id, agent_id, version = Signer(salt=SALT).unsign(token).split(".")
    except BadSignature as error:
        raise CalendarNotFound from error
    return UUID(organization_id), UUID(agent_id), int(version)


@transaction.atomic
def move_calendar(*, agent_id: UUID, by: Actor) -> AIAgent:
    """Give the agent's calendar another address: there is nothing at the old one any more. Raises AgentNotFound."""
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
