"""What is asked of the upstream's API for several sessions at a time."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from checkin.errors import UpstreamRefused, UpstreamUnavailable
from checkin.models import CheckinSession

AT_ONCE: Final = 8
# Well within an outbox event's lease, with the last request that was begun in it.
BEGIN_SECONDS: Final = 12

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errands(Generic[T]):
    """What went well, and what went wrong first."""

    done: Sequence[tuple[CheckinSession, T]]
    problem: UpstreamUnavailable | UpstreamRefused | None

    def raise_problem(self) -> None:
        """Raise what went wrong, if anything did."""
        if self.problem is not None:
            raise self.problem


def do_errands(sessions: Sequence[CheckinSession], ask: Callable[[CheckinSession], T]) -> Errands[T]:
    """Ask for each of the sessions; a refusal is one session's own, and stops nobody. `ask` has no database."""
    ends_at = time.monotonic() + BEGIN_SECONDS

    def attempt(session: CheckinSession) -> T | UpstreamUnavailable | UpstreamRefused:
        if time.monotonic() > ends_at:
            return UpstreamUnavailable("The upstream's API is too slow for all that is to be told.")
        try:
            return ask(session)
        except (UpstreamUnavailable, UpstreamRefused) as error:
            return error

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="checkin-errands") as pool:
        answers = list(zip(sessions, pool.map(attempt, sessions), strict=True))
    problems = [answer for _, answer in answers if isinstance(answer, UpstreamUnavailable | UpstreamRefused)]
    # What passes by itself comes first: with a refusal somebody would have to see to the others.
    problems.sort(key=lambda problem: isinstance(problem, UpstreamRefused))
    return Errands(
        done=[
            (session, answer)
            for session, answer in answers
            if not isinstance(answer, UpstreamUnavailable | UpstreamRefused)
        ],
        problem=problems[0] if problems else None,
    )
