"""Setting AI agents up, and changing them. Callbacks that are booked stay where they are, whatever hours change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any, Final, TypedDict, Unpack, cast
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation

from accounts import selectors as accounts
from agents.errors import AdminsOnly, ClientHasAgent, ObjectRefused, UserUnknown, WorkingHoursRefused
from agents.models import SLOT, AIAgent
from agents.models.agents import MIDNIGHT
from agents.selectors.seen import sees_everything
from agents.services.facts import AGENT, agent_shown, changes_between
from agents.services.locking import agent_locked
from agents.services.merging import merged_field
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.errors import Unauthenticated
from core.jsontypes import JSON

# The people of an agent, and the role that each must have.
PEOPLE: Final = {"owner_id": "client", "assigned_to_id": "agent"}
OBJECTS: Final = ("business_info", "sales_goals")
HOURS: Final = frozenset({"working_hours_start", "working_hours_end"})
ONE_DAY: Final = timedelta(days=1)
TOO_SHORT: Final = "Must be at least 15 minutes after the start: a callback takes as long."
# What `replace_agent` keeps when it is left out: how the agent stands, not how it is set up.
STATE: Final = frozenset({"status", "training_level", *PEOPLE})


class AgentFields(TypedDict, total=False):
    """What can be said of an AI agent."""

    name: str
    personality_type: str
    voice_model: str
    status: str
    training_level: int
    timezone: str
    working_hours_start: time
    working_hours_end: time
    max_daily_calls: int
    business_info: Mapping[str, JSON]
    sales_goals: Mapping[str, JSON]
    initial_script: str
    owner_id: UUID | None
    assigned_to_id: UUID | None


FIELDS: Final = tuple(AgentFields.__annotations__)


@transaction.atomic
def create_agent(*, by: Actor, **fields: Unpack[AgentFields]) -> AIAgent:
    """Make an AI agent. A client's is his own; what is left out gets its default.

    Raises AdminsOnly, UserUnknown, ObjectRefused, WorkingHoursRefused, ClientHasAgent.
    """
    agent = AIAgent(created_by_id=by.user_id, owner_id=by.user_id if by.role == "client" else None)
    _take_over(agent, fields, by=by)
    with _refusals_in_words():
        agent.save(force_insert=True)
        connection.check_constraints()
    shown = agent_shown(agent)
    audit.record(action="create", resource_type=AGENT, resource_id=agent.pk, changes=_changes({}, shown))
    tell("agent.created", agent, shown)
    return agent


@transaction.atomic
def replace_agent(*, agent_id: UUID, by: Actor, **fields: Unpack[AgentFields]) -> AIAgent:
    """Set an AI agent up anew: what is left out gets its default, but for its state and its people, who stay.

    Raises AgentNotFound, AdminsOnly, UserUnknown, ObjectRefused, WorkingHoursRefused, ClientHasAgent.
    """
    columns: Any = AIAgent._meta.get_field
    defaults = {name: columns(name).get_default() for name in FIELDS if name not in {"name", *STATE}}
    return _change(agent_locked(agent_id, by=by), cast(AgentFields, defaults | fields), by=by)


@transaction.atomic
def update_agent(*, agent_id: UUID, by: Actor, **fields: Unpack[AgentFields]) -> AIAgent:
    """Change what is given, and merge objects into what they were. Nothing new changes nothing.

    Raises AgentNotFound, AdminsOnly, UserUnknown, ObjectRefused, WorkingHoursRefused, ClientHasAgent.
    """
    agent = agent_locked(agent_id, by=by)
    given = dict(fields)
    whole = {
        name: merged_field(name, getattr(agent, name), cast(Mapping[str, JSON], given[name]))
        for name in OBJECTS
        if name in given
    }
    return _change(agent, cast(AgentFields, given | whole), by=by)


def _change(agent: AIAgent, fields: AgentFields, *, by: Actor) -> AIAgent:
    before = agent_shown(agent)
    _take_over(agent, fields, by=by)
    changes = _changes(before, agent_shown(agent))
    if not changes:
        return agent
    with _refusals_in_words():
        agent.save(update_fields=[*changes, "updated_at"])
        if not changes.keys().isdisjoint(PEOPLE):
            connection.check_constraints()
    audit.record(action="update", resource_type=AGENT, resource_id=agent.pk, changes=changes)
    tell("agent.updated", agent, agent_shown(agent))
    return agent


def _take_over(agent: AIAgent, fields: AgentFields, *, by: Actor) -> None:
    given = dict(fields)
    for field, role in PEOPLE.items():
        if field in given and given[field] != getattr(agent, field):
            _may_put(field, cast(UUID | None, given[field]), role=role, by=by)
    for name, value in given.items():
        setattr(agent, name, value)
    if not HOURS.isdisjoint(given):
        _check_hours(agent)
    if "sales_goals" in given:
        _check_goals(agent.sales_goals)


def _check_hours(agent: AIAgent) -> None:
    if MIDNIGHT != agent.working_hours_end <= agent.working_hours_start:
        raise WorkingHoursRefused
    if (_since_midnight(agent.working_hours_end) or ONE_DAY) - _since_midnight(agent.working_hours_start) < SLOT:
        raise WorkingHoursRefused(TOO_SHORT)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)


def _check_goals(goals: Mapping[str, JSON]) -> None:
    """Statistics measure by the target; all else in there is the caller's own."""
    target = goals.get("target_conversions", 0)
    if isinstance(target, bool) or not isinstance(target, int) or target < 0:
        raise ObjectRefused("sales_goals", ["target_conversions must be a whole number, 0 or more."])


def _may_put(field: str, user_id: UUID | None, *, role: str, by: Actor) -> None:
    if not sees_everything(by):
        raise AdminsOnly(field)
    if user_id is not None and not accounts.has_role(user_id, role):
        raise UserUnknown(field, role=role)


def _changes(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> dict[str, tuple[JSON, JSON]]:
    """Of what was said, not of what follows from it."""
    return {name: both for name, both in changes_between(before, after).items() if name in FIELDS}


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """What only the database can tell, since others write at the same time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        match error.__cause__:
            case UniqueViolation():
                raise ClientHasAgent from error
            case CheckViolation(diag=said) if said.constraint_name == "ai_agent_working_hours":
                raise WorkingHoursRefused from error
            case ForeignKeyViolation(diag=said):
                raise _left(said.constraint_name or "") from error
        raise


def _left(constraint: str) -> Exception:
    """The person was deleted a moment ago."""
    for field, role in PEOPLE.items():
        if f"_{field}_" in constraint:
            return UserUnknown(field, role=role)
    return Unauthenticated()
