"""Accepting a mail."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.errors import Invalid
from core.outbox.publishing import publish

TOPIC: Final = "mail.send"
# RFC 5322, 2.2: what a header's name is made of.
HEADER_NAME_CHARACTERS: Final = frozenset(map(chr, range(33, 127))) - {":"}
SET_BY_US: Final = frozenset({"from", "to", "subject", "date", "message-id", "content-type", "mime-version"})


def queue(*, to: str, subject: str, html: str, text: str, headers: Mapping[str, str] | None = None, kind: str) -> UUID:
    """Queue one mail to one recipient, to be sent after the surrounding transaction commits. Returns its event's id.

    `kind` names the template or occasion, for logs and the `X-Switchboard-Kind` header. Raises Invalid, naming the
    field, for an address that is none and for anything that would smuggle in a header; TransactionManagementError
    outside a transaction.
    """
    headers = headers or {}
    _require_address(to)
    _require_one_line("subject", subject)
    _require_one_line("kind", kind)
    for name, value in headers.items():
        _require_header(name, value)
    return publish(
        TOPIC, {"to": to, "subject": subject, "html": html, "text": text, "headers": dict(headers), "kind": kind}
    )


def _require_address(to: str) -> None:
    try:
        validate_email(to)
    except ValidationError as error:
        raise Invalid(fields={"to": error.messages}) from error


def _require_one_line(field: str, value: str) -> None:
    # splitlines() knows every character that anything on a mail's way might take for the end of a line.
    if value.splitlines() not in ([], [value]) or "\x00" in value:
        raise Invalid(fields={field: ["Line breaks are not allowed."]})


def _require_header(name: str, value: str) -> None:
    if not name or not HEADER_NAME_CHARACTERS.issuperset(name):
        raise Invalid(fields={"headers": [f"{name!r} is not the name of a header."]})
    if name.lower() in SET_BY_US:
        raise Invalid(fields={"headers": [f"{name} is set by us."]})
    _require_one_line("headers", value)
