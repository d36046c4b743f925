"""A mail, written and not yet sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.mail.queueing import queue


@dataclass(frozen=True, slots=True)
class Mail:
    """What `core.mail.queue` takes."""

    to: str
    subject: str
    html: str
    text: str
    kind: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def queue(self) -> UUID:
        """Have it sent once the surrounding transaction has committed. Returns its event's id."""
        return queue(
            to=self.to, subject=self.subject, html=self.html, text=self.text, headers=self.headers, kind=self.kind
        )
