"""The shapes of error bodies, one per family of apps. Each app names its envelope once, in its `AppConfig`.

A `Problem` is any error already mapped to HTTP; an envelope turns it into the body that the app's documents promise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import FieldErrors


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, mapped: what status it has, what it is called, what a reader is told, and which fields are at fault."""

    status: int
    code: str
    message: str
    fields: FieldErrors = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The message with the fields in it, for envelopes that have room for one string only."""
        named = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.fields.items())
        return named or self.message


Body = dict[str, Any]
Envelope = Callable[[Problem], Body]


def detail_envelope(problem: Problem) -> Body:
    """`{detail}`, with `errors` per field: TrackImmo, profiles, and every path that no app owns."""
    body: Body = {"detail": problem.sentence}
    if problem.fields:
        body["errors"] = problem.fields
    return body


def services_envelope(problem: Problem) -> Body:
    """`{success: false, message}` with `errors` per field; a missing login is DRF's classic `{detail}`.

    A message that begins with its field's name is a sentence already.
    """
    if problem.status == 401:
        return {"detail": problem.message}
    sentences = [
        " ".join(message if message.startswith(f"{name} ") else f"{name}: {message}" for message in messages)
        for name, messages in problem.fields.items()
    ]
    body: Body = {"success": False, "message": "; ".join(sentences) or problem.message}
    if problem.fields:
        body["errors"] = problem.fields
    return body


def api_error_envelope(problem: Problem) -> Body:
    """`{success: false, message: "API Error", error}`: check-in."""
    body: Body = {"success": False, "message": "API Error", "error": problem.sentence}
    if problem.fields:
        body["errors"] = problem.fields
    return body


def coded_envelope(problem: Problem) -> Body:
    """`{error, code, details}`, the code in capitals and the details per field: AI agents."""
    return {"error": problem.sentence, "code": problem.code.upper(), "details": problem.fields}
