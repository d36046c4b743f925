"""What a webhook says: messages that came in, how far ours got, and what happened to an account."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.errors import Invalid
from core.parsing import parse_json
from messaging.documents import MessageType, Status
from messaging.whatsapp.contents import contents_of
from messaging.whatsapp.reading import Node

OBJECT: Final = "whatsapp_business_account"
# Meta tells others, too (a message that was deleted, or a voice message that was played): they change nothing here.
STATUSES: Final[Mapping[str, Status]] = {"sent": "sent", "failed": "failed", "delivered": "delivered", "read": "read"}
LONGEST_WAMID: Final = 255
LONGEST_WA_ID: Final = 32
LONGEST_ID: Final = 64
LONGEST_FIELD: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message from a customer. `name` is what he calls himself, if he was introduced."""

    wamid: str
    wa_id: str
    name: str
    type: MessageType
    content: str
    media_url: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far a message of ours got. `told_with` is what we gave along when we sent it, if that was an id."""

    wamid: str
    status: Status
    at: datetime
    error_code: int | None = None
    error: str = ""
    told_with: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of an account, of the number with this id if it is about one. `digest` names it wherever it comes.

    `told` is the change as it came, for whoever has to read it again. What `is_of_account` is neither a message nor a
    status.
    """

    account_id: str
    phone_number_id: str
    field: str
    told: Mapping[str, Any]
    digest: str
    is_of_account: bool
    messages: Sequence[Inbound] = ()
    reports: Sequence[Report] = ()


def parse_webhook(raw: bytes) -> list[Change]:
    """The changes that a webhook's body tells of. Raises ParseError, ValidationError or Invalid, naming the field."""
    body = Node.of(parse_json(raw))
    if body.text("object") != OBJECT:
        raise Invalid(fields={"object": [f"Must be {OBJECT}."]})
    return [
        parse_change(entry.text("id", longest=LONGEST_ID), entry.value.get("time"), change)
        for entry in body.objects("entry")
        for change in entry.objects("changes")
    ]


def parse_change(account_id: str, time: Any, change: Node) -> Change:  # noqa: ANN401 -- whatever JSON was sent
    """One change of an account, told at this time. Raises Invalid."""
    name = change.text("field", longest=LONGEST_FIELD)
    value = change.object("value")
    told = {"time": time, "field": name, "value": value.value}
    digest = _digest(account_id, told)
    if name != "messages":
        phone_number_id = value.object_or_none("metadata").text_or_none("phone_number_id")
        return Change(
            account_id=account_id,
            phone_number_id=phone_number_id if len(phone_number_id) <= LONGEST_ID else "",
            field=name,
            told=told,
            digest=digest,
            is_of_account=True,
        )
    names = _names(value)
    return Change(
        account_id=account_id,
        phone_number_id=value.object("metadata").text("phone_number_id", longest=LONGEST_ID),
        field=name,
        told=told,
        digest=digest,
        is_of_account=not (value.has("messages") or value.has("statuses")),
        messages=[_inbound(one, names) for one in value.objects_or_none("messages")],
        reports=_reports(value),
    )


def parse_again(account_id: str, told: Mapping[str, Any]) -> Change:
    """A change that was kept as `told`."""
    return parse_change(account_id, told.get("time"), Node.of(told))


def _digest(account_id: str, told: Mapping[str, Any]) -> str:
    written = json.dumps([account_id, told], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _names(value: Node) -> dict[str, str]:
    return {
        contact.text_or_none("wa_id"): contact.object_or_none("profile").text_or_none("name")
        for contact in value.objects_or_none("contacts")
    }


def _inbound(message: Node, names: Mapping[str, str]) -> Inbound:
    wa_id = message.text("from", longest=LONGEST_WA_ID)
    kind, content, media_url = contents_of(message)
    return Inbound(
        wamid=message.text("id", longest=LONGEST_WAMID),
        wa_id=wa_id,
        name=names.get(wa_id, ""),
        type=kind,
        content=content,
        media_url=media_url,
        at=message.moment("timestamp"),
    )


def _reports(value: Node) -> list[Report]:
    found = [_report(one) for one in value.objects_or_none("statuses")]
    return [report for report in found if report is not None]


def _report(told: Node) -> Report | None:
    wamid, at = told.text("id", longest=LONGEST_WAMID), told.moment("timestamp")
    status = STATUSES.get(told.text("status"))
    code, error = _errors(told)
    if status is None:
        return None
    return Report(
        wamid=wamid,
        status=status,
        at=at,
        error_code=code,
        error=error,
        told_with=_id_or_none(told.value.get("biz_opaque_callback_data")),
    )


def _errors(told: Node) -> tuple[int | None, str]:
    """The first error's code, and all of them in words."""
    errors = told.objects_or_none("errors")
    code = errors[0].number_or_none("code") if errors else None
    words = [
        ": ".join(
            dict.fromkeys(
                part
                for part in (
                    one.text_or_none("title"),
                    one.text_or_none("message"),
                    one.object_or_none("error_data").text_or_none("details"),
                )
                if part
            )
        )
        for one in errors
    ]
    fits = code is not None and abs(code) < 2**31
    return int(code) if code is not None and fits else None, "\n".join(filter(None, words))


def _id_or_none(told: Any) -> UUID | None:  # noqa: ANN401 -- whatever JSON was sent
    try:
        return UUID(told) if isinstance(told, str) else None
    except ValueError:
        return None
