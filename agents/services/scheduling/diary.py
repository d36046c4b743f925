"""Which slots of an AI agent are taken, and when the next is free."""

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from django.utils.timezone import now

from agents.errors import SCHEDULED, DailyLimitReached, OutsideWorkingHours, PastDatetime, SlotTaken
from agents.models import OPEN, SLOT, AIAgent, Callback, CallbackStatus
from agents.services.scheduling.hours import ONE_DAY, Hours
from core.errors import SwitchboardError
from core.lookups import among

HORIZON: Final = timedelta(days=366)
ONE_MINUTE: Final = timedelta(minutes=1)


class Diary:
    """An AI agent's slots for 366 days. It knows nothing of earlier ones, and refuses to answer about later ones."""

    def __init__(
        self,
        hours: Hours,
        *,
        daily_limit: int,
        since: datetime,
        taken: Iterable[datetime] = (),
        completed: Iterable[datetime] = (),
    ) -> None:
        """`taken` and `completed` are when slots begin, from the beginning of the day of `since` on."""
        self.hours, self.daily_limit = hours, daily_limit
        self._since, self._until = since, since + HORIZON
        self._taken = sorted(taken)
        self._per_day: Counter[date] = Counter(hours.day_of(at) for at in [*self._taken, *completed])
        # Nothing was free from the one to the other when somebody last asked, and nothing becomes free.
        self._busy = (since, since)

    @classmethod
    def of(cls, agent: AIAgent, *, since: datetime, leaving_out: Iterable[UUID] = ()) -> Self:
        """What is booked from `since` on, in one query, as if the callbacks in `leaving_out` were not.

        The agent must be locked: what is free here stays free until the transaction ends.
        """
        return cls.of_each([agent], since=since, leaving_out=leaving_out)[agent.pk]

    @classmethod
    def of_each(
        cls, agents: Iterable[AIAgent], *, since: datetime, leaving_out: Iterable[UUID] = ()
    ) -> dict[UUID, Self]:
        """The diaries of several by their ids, in one query all the same."""
        by_id = {agent.pk: agent for agent in agents}
        hours = {pk: Hours.of(agent) for pk, agent in by_id.items()}
        taken: dict[UUID, list[datetime]] = {pk: [] for pk in by_id}
        completed: dict[UUID, list[datetime]] = {pk: [] for pk in by_id}
        left_out = frozenset(leaving_out)
        for callback_id, agent_id, at, status in _booked(hours, since):
            if callback_id not in left_out:
                (taken if status in OPEN else completed)[agent_id].append(at)
        return {
            pk: cls(hours[pk], daily_limit=agent.max_daily_calls, since=since, taken=taken[pk], completed=completed[pk])
            for pk, agent in by_id.items()
        }

    def refusal(self, at: datetime, *, field: str = SCHEDULED) -> SwitchboardError | None:
        """Why nobody can be called then: PastDatetime, OutsideWorkingHours, DailyLimitReached, SlotTaken, or nothing.

        It names `field`, and says when the next free slot is. Raises ValueError for a time outside the diary.
        """
        if at <= now():
            return PastDatetime(field)
        if not self._since <= at < self._until:
            raise ValueError(f"The diary is of {self._since} to {self._until}, and says nothing about {at}.")
        if not self.hours.holds(at):
            return OutsideWorkingHours(self.hours.spoken, self.next_free(at), field)
        if self._is_full(self.hours.day_of(at)):
            return DailyLimitReached(self.daily_limit, self.next_free(at), field)
        if self._touched_by(at):
            return SlotTaken(self.next_free(at), field)
        return None

    def next_free(self, since: datetime) -> datetime | None:
        """The earliest whole minute, not before `since`, at which somebody can be called; None if the diary has none.

        That is `since` itself, where a day's hours begin, or where a taken slot ends.
        """
        begin = _whole_minute(max(since, self._since))
        asked, known = self._busy
        if not asked <= begin <= known:
            asked = known = begin
        found = self._earliest(known)
        self._busy = (asked, found or max(known, self._until))
        return found

    def take(self, at: datetime) -> None:
        """Book the slot. Whether it is free is the caller's to have asked."""
        insort(self._taken, at)
        self._per_day[self.hours.day_of(at)] += 1

    def _earliest(self, at: datetime) -> datetime | None:
        day = self.hours.day_of(at)
        while at < self._until and self.hours.begin_of(day) < self._until:
            found = self._free_on(day, at)
            if found is not None:
                return found if found < self._until else None
            day += ONE_DAY
        return None

    def _free_on(self, day: date, at: datetime) -> datetime | None:
        begin, end = self.hours.window(day)
        at = max(at, begin)
        while self.hours.fits(at, end) and not self._is_full(day):
            other = self._touched_by(at)
            if other is None:
                return at
            at = _whole_minute(other + SLOT)
        return None

    def _is_full(self, day: date) -> bool:
        return self._per_day[day] >= self.daily_limit

    def _touched_by(self, at: datetime) -> datetime | None:
        """When the first of the slots begins that this one would overlap."""
        place = bisect_right(self._taken, at - SLOT)
        if place < len(self._taken) and self._taken[place] < at + SLOT:
            return self._taken[place]
        return None


def _whole_minute(at: datetime) -> datetime:
    """The time itself, or the next one without seconds."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + ONE_MINUTE


def _booked(hours: Mapping[UUID, Hours], since: datetime) -> Iterable[tuple[UUID, UUID, datetime, str]]:
    """Id, agent, time and status of what counts, on all days that are anywhere in their diaries."""
    begins = [one.begin_of(one.day_of(since)) for one in hours.values()]
    ends = [one.begin_of(one.day_of(since + HORIZON) + ONE_DAY) for one in hours.values()]
    if not hours:
        return []
    rows = Callback.objects.filter(
        among("agent_id", hours),
        scheduled_datetime__gt=min(begins) - SLOT,
        scheduled_datetime__lt=max(ends) + SLOT,
        status__in=[*OPEN, CallbackStatus.COMPLETED],
    )
    return rows.order_by().values_list("id", "agent_id", "scheduled_datetime", "status")
