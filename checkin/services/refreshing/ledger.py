"""Refreshing many sessions: this thread keeps the ledger, and the requests run beside it.

Whatever has come in while the last transaction ran is stored by the next: first the rotated tokens, in a transaction
of their own, then what became of the attempts. So fifty requests at once cost few commits, and none waits for a timer.
New sessions are claimed as others end, so that as many as may be are under way until the last.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from checkin.models import RefreshRun
from checkin.services.refreshing.claiming import Claim, give_back, lease_seconds
from checkin.services.refreshing.finishing import finish
from checkin.services.refreshing.judging import Ended
from checkin.services.refreshing.keeping import Rotated, keep_tokens
from checkin.services.refreshing.requesting import Answered, Keeping, Requests

# For so long a database that is away is waited for with answers in hand: they are nowhere else.
STORE_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 0.2
LISTEN_SECONDS: Final = 0.25
PAUSE_SECONDS: Final = 10.0
DATABASE_IS_AWAY: Final = (OperationalError, InterfaceError)
Take = Callable[[int], Sequence[Claim]]
T = TypeVar("T")
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing more can be asked for now, and for how long."""

    reason: str
    wait_seconds: float


class Ledger:
    """Refreshes what it takes until there is no more; `closed` is why it had to stop before, if it had."""

    def __init__(self, requests: Requests, runs: Mapping[UUID, RefreshRun]) -> None:
        self.closed: Closed | None = None
        self._requests = requests
        self._runs = runs
        self._was_dry = False
        self._under_way: dict[int, Claim] = {}
        # What has come stays here until it is stored, whatever interrupts us.
        self._keeping: list[Keeping] = []
        self._answered: list[Answered] = []
        self._answered_since = 0.0
        self._numbers: dict[int, int | None] = {}

    def work(self, take: Take, *, until: float) -> None:
        """Refresh what `take` gives, which is asked for so many sessions at most, until `time.monotonic()` is `until`.

        What is under way then is seen through. So it is when something interrupts us, which is raised afterwards.
        """
        try:
            while self._take(take, until=until) or self._is_busy:
                self._go_on()
        except BaseException:
            self._see_through()
            raise

    @property
    def _is_busy(self) -> bool:
        return bool(self._under_way or self._keeping or self._answered)

    def _take(self, take: Take, *, until: float) -> bool:
        """Begin as many as there is room for. Whether there may be more when they have ended."""
        if self.closed is not None or time.monotonic() >= until:
            return False
        room = most_under_way() - len(self._under_way)
        # A statement for each that ends would cost more than what it gains.
        if self._under_way and (self._was_dry or room < most_under_way() // 4):
            return True
        claims = self._safely(lambda: take(room))
        self._was_dry = len(claims) < room
        self._under_way.update((one.attempt_id, one) for one in claims)
        self._requests.begin(claims)
        return bool(claims)

    def _go_on(self) -> None:
        self._store()
        if self._is_time_to_end():
            self._end()

    def _store(self) -> None:
        self._listen()
        if self._keeping:
            self._keep()

    def _see_through(self) -> None:
        """Store the tokens of all that is under way, even where what became of it cannot be written down."""
        # Whoever was claimed and not begun when we were interrupted is not waited for any longer than his lease holds.
        until = time.monotonic() + lease_seconds()
        while self._is_busy and time.monotonic() < until:
            self._store()
            try:
                self._end()
            except Exception:
                # Their leases run out, and then they were interrupted.
                sessions = [str(one.claim.session_id) for one in self._answered]
                logger.exception("checkin_answers_lost", sessions=sessions)
                self._answered = []

    def _listen(self) -> None:
        """Take in all that has come, or what comes next; nothing after a moment."""
        is_alive = self._requests.is_alive
        if not self._requests.inbox.read(self._take_in, seconds=LISTEN_SECONDS) and not is_alive:
            raise RuntimeError("The thread of the requests is gone.")

    def _take_in(self, came: Keeping | Answered) -> None:
        """May be called again with what it was interrupted with."""
        if isinstance(came, Keeping):
            if not any(one is came for one in self._keeping):
                self._keeping.append(came)
            return
        if not self._answered:
            self._answered_since = time.monotonic()
        if not any(one is came for one in self._answered):
            self._answered.append(came)
        self._under_way.pop(came.claim.attempt_id, None)

    def _is_time_to_end(self) -> bool:
        """Many at a time, for tokens wait meanwhile; but soon, for people watch."""
        if not self._answered:
            return False
        is_late = time.monotonic() - self._answered_since > LISTEN_SECONDS
        return is_late or not self._under_way or len(self._answered) >= settings.CHECKIN_CONCURRENCY

    def _keep(self) -> None:
        rotated = [Rotated(one.claim, one.token) for one in self._keeping]
        try:
            kept = self._safely(lambda: keep_tokens(rotated))
        except DATABASE_IS_AWAY as error:
            logger.exception("checkin_tokens_lost", sessions=[str(one.claim.session_id) for one in self._keeping])
            self._requests.tell(self._keeping, error)
            self._keeping = []
            raise
        for one in self._keeping:
            is_kept = one.claim.attempt_id in kept
            self._numbers[one.claim.attempt_id] = one.claim.token_number + 1 if is_kept else None
        self._requests.tell(self._keeping)
        self._keeping = []

    def _end(self) -> None:
        # One whose token could not be stored is left as it is: its lease runs out, and then it was interrupted.
        answers = [(one.claim, one.answer) for one in self._answered if one.answer is not None]
        untried = [claim for claim, answer in answers if not answer.was_tried]
        ended = [
            Ended(claim, answer, self._numbers.get(claim.attempt_id, claim.token_number))
            for claim, answer in answers
            if answer.was_tried
        ]
        if ended:
            self._safely(lambda: finish(ended, self._runs))
        if untried:
            self._safely(lambda: give_back(untried))
        for claim, answer in answers:
            self._numbers.pop(claim.attempt_id, None)
            if not answer.was_tried:
                self.closed = Closed(answer.error or "", answer.wait_seconds or PAUSE_SECONDS)
        self._answered = []

    def _safely(self, store: Callable[[], T]) -> T:
        """Do it again while the database is away, or somebody holds a row for too long."""
        ends_at = time.monotonic() + STORE_SECONDS
        while True:
            try:
                return store()
            except DATABASE_IS_AWAY as error:
                if connection.in_atomic_block or time.monotonic() > ends_at:
                    raise
                logger.warning("checkin_ledger_waits", error=type(error).__name__)
                connection.close()
                time.sleep(AGAIN_SECONDS)


def most_under_way() -> int:
    """How many sessions a process claims at once: twice as many as there are slots, so that none waits for us."""
    return 2 * settings.CHECKIN_CONCURRENCY
