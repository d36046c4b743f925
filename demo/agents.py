"""AI agents at work: six weeks of calls with their customers, and the callbacks that were agreed on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, product
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agents.models import SLOT, AgentStatus, AIAgent, Call, Callback, CallPreference, CallStatus, Customer
from demo.data import FIRST_NAMES, LAST_NAMES, DemoAgent
from demo.journeys import Journey

DAYS: Final = 42
DAYS_AHEAD: Final = 9
OVERDUE: Final = 2
PARIS: Final = ZoneInfo("Europe/Paris")
OPENS, CLOSES = time(9), time(18)
CALLS_OF_A_CUSTOMER: Final = (0, 1, 2, 3, 3, 4, 5, 6, 7, 9)
# French numbers for fiction, which nobody has.
FICTIONAL: Final = "+3363998{:04}"
SATURDAY: Final = 5


@transaction.atomic
def seed_agents(agents: Sequence[DemoAgent], *, creator: str, seed: int) -> None:
    """Write these agents and their work for the organization in scope, unless it has any AI agent.

    `creator` is the e-mail address of the admin who set them up.
    """
    if AIAgent.objects.exists():
        return
    people = {user.email: user for user in User.objects.all()}
    dice, numbers = Random(seed), count()  # noqa: S311 -- made up, not secret
    names = iter(dice.sample(list(product(FIRST_NAMES, LAST_NAMES)), sum(agent.customers for agent in agents)))
    for told in agents:
        agent = _agent(told, people, creator=people[creator])
        customers = [_customer(agent, *next(names), next(numbers), dice) for _ in range(told.customers)]
        _store(agent, _made_up(agent, customers, dice))


def _agent(told: DemoAgent, people: Mapping[str, User], *, creator: User) -> AIAgent:
    return AIAgent(
        id=told.id,
        name=told.name,
        personality_type=told.personality_type,
        status=told.status,
        training_level=told.training_level,
        owner=people[told.owner] if told.owner else None,
        assigned_to=people[told.assigned_to] if told.assigned_to else None,
        created_by=creator,
        timezone=PARIS.key,
        working_hours_start=OPENS,
        working_hours_end=CLOSES,
        business_info={"company_name": told.company, "product_description": told.product},
        sales_goals={"target_conversions": 20},
        initial_script=f"Hello, this is {told.name} from {told.company}. Do you have two minutes?",
        created_at=timezone.now() - timedelta(days=DAYS + 7),
    )


def _customer(agent: AIAgent, first_name: str, last_name: str, number: int, dice: Random) -> Customer:
    return Customer(
        agent=agent,
        phone_number=FICTIONAL.format(number),
        name=f"{first_name} {last_name}",
        email=f"{first_name}.{last_name}@customers.test".lower(),
        call_preference_time=dice.choice(CallPreference.values),
        preferences={"preferred_language": "French"},
        created_at=agent.created_at + timedelta(minutes=dice.randrange(7 * 24 * 60)),
    )


def _made_up(agent: AIAgent, customers: Iterable[Customer], dice: Random) -> list[Journey]:
    """Their calls, a callback with about every other one who may be called, and two that were missed."""
    today = timezone.now().astimezone(PARIS).date()
    past, ahead = list(_slots(today, range(-DAYS, 0))), list(_slots(today, range(1, DAYS_AHEAD)))
    dice.shuffle(past)
    dice.shuffle(ahead)
    journeys = [Journey(customer) for customer in customers]
    for journey in journeys:
        journey.go([past.pop() for _ in range(dice.choice(CALLS_OF_A_CUSTOMER))], dice)
    going_on = [journey for journey in journeys if not journey.is_over]
    for journey in dice.sample(going_on, len(going_on) // 2):
        journey.agree_on(ahead.pop(), dice, priority=dice.randint(1, 5), is_moved=dice.random() < 0.2)
    if agent.status == AgentStatus.TRAINING:
        missed = sorted(_slots(today, range(-4, 0)))[-OVERDUE:]
        for journey, moment in zip(going_on, missed, strict=False):
            callback = journey.agree_on(moment, dice, priority=5)
            callback.created_at, callback.overdue_at = moment - timedelta(days=1), callback.ends_at
    return journeys


def _slots(today: date, days: range) -> Iterator[datetime]:
    """The slots of the working days among those so many days from today, in UTC."""
    for day in (today + timedelta(days=number) for number in days):
        moment, end = datetime.combine(day, OPENS, PARIS), datetime.combine(day, CLOSES, PARIS)
        while moment < end and day.weekday() < SATURDAY:
            yield moment.astimezone(UTC)
            moment += SLOT


def _store(agent: AIAgent, journeys: list[Journey]) -> None:
    calls = [call for journey in journeys for call in journey.calls]
    agent.total_calls = len(calls)
    agent.successful_calls = sum(call.status == CallStatus.COMPLETED for call in calls)
    agent.conversions = sum(journey.customer.converted_at is not None for journey in journeys)
    agent.last_call_at = max((call.started_at for call in calls), default=None)
    agent.save(force_insert=True)
    Customer.objects.bulk_create(journey.customer for journey in journeys)
    Callback.objects.bulk_create(callback for journey in journeys for callback in journey.callbacks)
    Call.objects.bulk_create(calls)
