"""Sending a message: what is given to a provider, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from messaging.documents import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to one contact. With a template's name that template is sent, and `body` is what we keep of it.

    `told_with` comes back with every status of it.
    """

    phone_number_id: str
    access_token: str = field(repr=False)
    to: str
    body: str
    template_name: str
    template_language: str
    template_parameters: Sequence[str]
    told_with: UUID


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it. `reports` are what it would tell by webhook, of a provider that has none."""

    wamid: str
    reports: Sequence[Status] = ()


class NotSent(Exception):
    """It was certainly not sent."""

    def __init__(self, problem: str, *, code: int | None = None) -> None:
        self.problem = problem
        self.code = code
        super().__init__(problem)


class NeverThis(NotSent):
    """And never will be: this message, or this reader, is refused."""


class NotNow(NotSent):
    """This one may be sent later, so often at most; 0 means as often as it takes."""

    def __init__(self, problem: str, *, code: int | None = None, most_attempts: int = 0) -> None:
        self.most_attempts = most_attempts
        super().__init__(problem, code=code)


class NotFromHere(NotSent):
    """Nothing is to be sent from this number for so many seconds."""

    def __init__(self, problem: str, *, code: int | None = None, wait_seconds: float) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(problem, code=code)


class NotAllowed(NotSent):
    """Nothing can be sent from this number until a person has seen to it."""


class ProviderDown(NotSent):
    """Nobody can send anything for now."""


class MaybeSent(Exception):
    """It was given away, and whether it arrived nobody said: it must not be given away again."""


class Provider(Protocol):
    """Who brings messages to their readers."""

    def send(self, message: Outgoing) -> Accepted:
        """Send it. Raises NotSent, in one of its kinds, or MaybeSent."""
