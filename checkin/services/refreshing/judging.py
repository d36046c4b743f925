"""What an answer means for its session. Nothing here reads or writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from checkin.models import Outcome, SessionStatus
from checkin.services.refreshing.claiming import Claim
from checkin.upstream import OTHER_USER, Answer, Verdict

LONGEST_WAIT_SECONDS: Final = 4 * 3600
# A session may well live for no more than two hours: an upstream that is back must find it alive.
LONGEST_WAIT_FOR_UPSTREAM_SECONDS: Final = 3600
# Whoever asks for more has mistaken himself, or the calendar ends before.
LONGEST_WAIT_ASKED_SECONDS: Final = 24 * 3600
ANOTHER_TRY: Final = "The page asked for a login. The token before the last one is tried next."


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that was answered. `number` is the token's number then, or None if somebody else had changed it."""

    claim: Claim
    answer: Answer
    number: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands before the answer is written down."""

    email: str
    status: str | None
    error: str | None
    failure_count: int
    token_number: int
    lease_token: object
    is_listed: bool
    last_refreshed_at: datetime | None
    may_tell: bool
    may_report: bool
    # Whether nothing is written down of the attempt that was answered.
    is_open: bool = True

    @property
    def needs_login(self) -> bool:
        """Whether nothing helps but that the user logs in."""
        return _needs_login(self.status, self.error)

    def is_for(self, ended: Ended) -> bool:
        """Whether the answer is about the token that the session has, and nobody else refreshes it now."""
        return self.token_number == ended.number and self.lease_token in (None, ended.claim.lease_token)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How it stands afterwards. `error` is the attempt's, `session_error` what the session shows from now on.

    With `goes_on` the attempt was not the last word: the token that was sent was perhaps not the user's, and the one
    before it, which was, is tried at once. `wait_seconds` is None where the run's own rhythm holds.
    """

    outcome: Outcome
    status: str | None
    error: str | None = None
    session_error: str | None = None
    failure_count: int = 0
    wait_seconds: float | None = None
    goes_on: bool = False

    @property
    def needs_login(self) -> bool:
        """Whether nothing helps from now on but that the user logs in."""
        return _needs_login(self.status, self.session_error)


def judge(claim: Claim, answer: Answer, before: Standing) -> Judgement:
    """What becomes of the session."""
    match answer.verdict:
        case Verdict.NORMAL:
            return Judgement(Outcome.NORMAL, SessionStatus.NORMAL)
        case Verdict.EXPIRED if not claim.is_confirmed:
            return Judgement(
                Outcome.FAILED,
                before.status,
                error=ANOTHER_TRY,
                session_error=before.error,
                failure_count=before.failure_count,
                wait_seconds=0,
                goes_on=True,
            )
        case Verdict.EXPIRED:
            error = " ".join(part for part in (answer.error, claim.doubt) if part)
            return Judgement(Outcome.EXPIRED, SessionStatus.EXPIRED, error=error, session_error=error)
        case Verdict.FAILED:
            return _failed(answer, before)


def _needs_login(status: str | None, error: str | None) -> bool:
    return status == SessionStatus.EXPIRED or error == OTHER_USER


def _failed(answer: Answer, before: Standing) -> Judgement:
    """A session whose user has to log in stays so: that it could not be asked again says nothing new."""
    was_expired = before.status == SessionStatus.EXPIRED
    longest = LONGEST_WAIT_FOR_UPSTREAM_SECONDS if answer.is_upstreams_fault else LONGEST_WAIT_SECONDS
    # The exponent is bounded only so that the power is a number.
    asked = min(answer.wait_seconds or 0, LONGEST_WAIT_ASKED_SECONDS)
    patience = min(longest, settings.CHECKIN_REFRESH_SECONDS * 2 ** min(before.failure_count, 30))
    return Judgement(
        Outcome.FAILED,
        SessionStatus.EXPIRED if was_expired else SessionStatus.FAILED,
        error=answer.error,
        session_error=before.error if before.needs_login else answer.error,
        failure_count=before.failure_count + 1,
        wait_seconds=max(settings.CHECKIN_REFRESH_SECONDS, patience, asked),
    )
