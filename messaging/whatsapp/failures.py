"""What each of Meta's errors means for a message, its number, and all others: one table.

By https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes. Meta asks to go by the code and not by
the status or the words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from messaging.whatsapp.providing import NeverThis, NotAllowed, NotFromHere, NotNow, NotSent, ProviderDown


class Policy(Enum):
    """What we do."""

    FAIL = "the recipient failed, and the others go on"
    LATER = "this recipient is tried again later, whatever it takes"
    FEW_TIMES = "this recipient is tried again a few times, and then failed"
    SLOW_DOWN = "nothing is sent from the number for a while"
    PAUSE = "nothing is sent from the number until a person has seen to it"
    DOWN = "nothing is sent at all for a moment"


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy, and how long a number waits if Meta does not say."""

    policy: Policy
    wait_seconds: float = 0


MOST_ATTEMPTS: Final = 5
FAIL, LATER, FEW_TIMES, DOWN, PAUSE = (
    Rule(Policy.FAIL),
    Rule(Policy.LATER),
    Rule(Policy.FEW_TIMES),
    Rule(Policy.DOWN),
    Rule(Policy.PAUSE),
)
RULES: Final[Mapping[int, Rule]] = {
    0: PAUSE,  # the token has expired, or was taken back
    1: FEW_TIMES,  # a wrong request, or a failure of the server's: Meta does not know itself
    2: DOWN,  # overloaded
    3: PAUSE,  # a permission is missing
    4: Rule(Policy.SLOW_DOWN, 60),  # the app calls too often
    10: PAUSE,  # a permission was taken back
    33: PAUSE,  # the number was deleted
    190: PAUSE,  # the token has expired
    368: PAUSE,  # blocked for violating a policy
    80007: Rule(Policy.SLOW_DOWN, 60),  # the account calls too often
    130429: Rule(Policy.SLOW_DOWN, 10),  # the number sends too fast
    130472: FAIL,  # the reader is part of an experiment
    130497: FAIL,  # not to readers in this country
    131000: FEW_TIMES,  # something went wrong
    131005: PAUSE,  # access denied
    131016: DOWN,  # a service is not available
    131026: FAIL,  # it cannot be delivered to this reader
    131031: PAUSE,  # the account is locked
    131037: PAUSE,  # the number's name is not approved
    131042: PAUSE,  # the bill is not paid
    131045: PAUSE,  # the number is not registered properly
    131047: FAIL,  # the reader has not written for a day
    131048: Rule(Policy.SLOW_DOWN, 3600),  # too many called it spam
    131049: FAIL,  # the reader gets enough marketing as it is
    131051: FAIL,  # a type that is not supported
    131056: LATER,  # too many to this reader in a short time
    131057: Rule(Policy.SLOW_DOWN, 300),  # the account is being maintained
    133004: DOWN,  # the server is not available
    133010: PAUSE,  # the number is not registered
}
# What has no line above: permissions, then templates and whatever else a message may have wrong.
PERMISSIONS: Final = range(200, 300)


INVALID, OF_NO_NUMBER = 100, 33


def rule_of(*, status: int, code: int | None, subcode: int | None = None) -> Rule:
    """What to do about an error of Meta's with this HTTP status."""
    if code == INVALID and subcode == OF_NO_NUMBER:
        return PAUSE  # the number is not there, or not ours: every message from it would fail
    if code is not None and code in RULES:
        return RULES[code]
    if code is not None and code in PERMISSIONS:
        return PAUSE
    if status == 429:
        return Rule(Policy.SLOW_DOWN, 60)
    if status in {401, 403}:
        return PAUSE
    return DOWN if status >= 500 else FAIL


def failure(
    *, status: int, code: int | None, problem: str, retry_after_seconds: float | None, subcode: int | None = None
) -> NotSent:
    """The error of Meta's as what it means to us."""
    rule = rule_of(status=status, code=code, subcode=subcode)
    match rule.policy:
        case Policy.FAIL:
            return NeverThis(problem, code=code)
        case Policy.LATER:
            return NotNow(problem, code=code)
        case Policy.FEW_TIMES:
            return NotNow(problem, code=code, most_attempts=MOST_ATTEMPTS)
        case Policy.SLOW_DOWN:
            wait = rule.wait_seconds if retry_after_seconds is None else retry_after_seconds
            return NotFromHere(problem, code=code, wait_seconds=wait)
        case Policy.PAUSE:
            return NotAllowed(problem, code=code)
        case Policy.DOWN:
            return ProviderDown(problem, code=code)
