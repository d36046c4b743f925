"""Failed logins, counted in Redis per account and per address. Without Redis nobody logs in.

An attempt is counted before the password is looked at and taken back when it was right, so that guesses sent at the
same moment cannot all slip through. The count is there for accounts that do not exist, too.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.crypto import salted_hmac
from redis import RedisError

from accounts.errors import TooManyFailures
from core.addresses import network_of
from core.errors import Unavailable
from core.redis import client
from core.wording import counted

FAILURES_PER_ACCOUNT: Final = 10
FAILURES_PER_ADDRESS: Final = 30
WINDOW_SECONDS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt, and where it was counted."""

    account_key: str
    address_key: str

    def succeeded(self) -> None:
        """The password was right: the account's failures are forgotten, and the address keeps those of others."""
        try:
            with client().pipeline() as pipeline:
                pipeline.delete(self.account_key)
                pipeline.set(self.address_key, 0, ex=WINDOW_SECONDS, nx=True)  # it may have ended meanwhile
                pipeline.decr(self.address_key)
                pipeline.execute()
        except RedisError as error:
            raise Unavailable from error


def begin(*, account: str, address: str | None) -> Attempt:
    """Count an attempt. Raises TooManyFailures, or Unavailable if Redis is down."""
    digest = salted_hmac("accounts.attempts", account.strip().lower(), algorithm="sha256").hexdigest()
    attempt = Attempt(f"attempts:account:{digest}", f"attempts:address:{network_of(address)}")
    try:
        with client().pipeline() as pipeline:
            for key in (attempt.account_key, attempt.address_key):
                pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
                pipeline.incr(key)
                pipeline.ttl(key)
            _, by_account, account_ttl, _, by_address, address_ttl = pipeline.execute()
    except RedisError as error:
        raise Unavailable from error
    waits = [
        ttl
        for failures, limit, ttl in (
            (by_account, FAILURES_PER_ACCOUNT, account_ttl),
            (by_address, FAILURES_PER_ADDRESS, address_ttl),
        )
        if failures > limit
    ]
    if waits:
        raise TooManyFailures(
            f"Too many failed attempts. Try again in {counted(max(waits), 'second')}.", retry_after_seconds=max(waits)
        )
    return attempt
