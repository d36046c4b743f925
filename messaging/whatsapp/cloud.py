"""Meta's Cloud API: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
import orjson
from django.conf import settings

from core.errors import Invalid
from core.outgoing import Deadline, connect, retry_after_seconds
from messaging.whatsapp.failures import failure
from messaging.whatsapp.providing import Accepted, MaybeSent, NotAllowed, NotSent, Outgoing, ProviderDown
from messaging.whatsapp.reading import Node

MOST_BYTES: Final = 1 << 20
UNAVAILABLE: Final = 503
LONGEST_WAMID: Final = 255
# What a column of PostgreSQL's holds.
MOST_CODE: Final = 1 << 31


class CloudApi:
    """Sends by Meta's Cloud API, each request within a deadline."""

    def send(self, message: Outgoing) -> Accepted:
        """Send it. Raises NotSent, in one of its kinds, or MaybeSent."""
        if not message.access_token.isascii() or not message.access_token.strip():
            raise NotAllowed("The number has no access token that can be sent.")
        status, headers, body = _ask(message)
        if status == httpx.codes.OK:
            return Accepted(_wamid(body))
        raise _refusal(status, headers, body)


def request_body(message: Outgoing) -> dict[str, Any]:
    """The message as Meta takes it."""
    common = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to,
        "biz_opaque_callback_data": str(message.told_with),
    }
    if not message.template_name:
        return {**common, "type": "text", "text": {"preview_url": False, "body": message.body}}
    template: dict[str, Any] = {"name": message.template_name, "language": {"code": message.template_language}}
    if message.template_parameters:
        values = [{"type": "text", "text": value} for value in message.template_parameters]
        template["components"] = [{"type": "body", "parameters": values}]
    return {**common, "type": "template", "template": template}


def _ask(message: Outgoing) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of the answer. Raises ProviderDown if nothing was sent, and MaybeSent if it was."""
    deadline = Deadline.after(settings.WHATSAPP_TIMEOUT_SECONDS)
    url = f"{settings.WHATSAPP_API_URL}/{message.phone_number_id}/messages"
    headers = {"Authorization": f"Bearer {message.access_token}", "Accept-Encoding": "identity"}
    try:
        with (
            connect(deadline, timeout_seconds=settings.WHATSAPP_TIMEOUT_SECONDS, follow_redirects=False) as http,
            http.stream("POST", url, headers=headers, json=request_body(message)) as response,
        ):
            read = b""
            for piece in response.iter_raw():
                read += piece
                if len(read) > MOST_BYTES:
                    raise MaybeSent("WhatsApp answered more than we read.")
            return response.status_code, response.headers, read
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise ProviderDown("WhatsApp cannot be reached.") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError):
        raise NotAllowed("Nothing can be sent to this address: see WHATSAPP_API_URL and the number's ids.") from None
    except httpx.TimeoutException:
        raise MaybeSent(f"WhatsApp did not answer within {deadline.seconds:g} seconds.") from None
    except httpx.HTTPError:
        raise MaybeSent("The connection to WhatsApp broke before it answered.") from None


def _wamid(body: bytes) -> str:
    """What Meta calls the message. Raises MaybeSent: an answer that cannot be read still says that it has it."""
    try:
        first, *_ = Node.of(orjson.loads(body)).objects("messages")
        return first.text("id", longest=LONGEST_WAMID)
    except (orjson.JSONDecodeError, Invalid, ValueError):
        raise MaybeSent("WhatsApp took the message, and what it calls it cannot be read.") from None


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> NotSent | MaybeSent:
    """What an answer that is none amounts to.

    An error in Meta's own words is Meta's: nothing was sent. A server before it that fails, or gave up waiting, says
    nothing about that; only 503 means that it never came to it.
    """
    wait = retry_after_seconds(headers.get("Retry-After"))
    try:
        error = Node.of(orjson.loads(body)).object("error")
        code, subcode = _whole(error, "code"), _whole(error, "error_subcode")
        problem = _in_words(error)
    except (orjson.JSONDecodeError, Invalid):
        if status >= 500 and status != UNAVAILABLE:
            return MaybeSent(f"WhatsApp answered {status}, and did not say whether it has the message.")
        return failure(status=status, code=None, problem=f"WhatsApp answered {status}.", retry_after_seconds=wait)
    return failure(status=status, code=code, subcode=subcode, problem=problem, retry_after_seconds=wait)


def _whole(error: Node, name: str) -> int | None:
    found = error.number_or_none(name)
    return None if found is None or abs(found) >= MOST_CODE else int(found)


def _in_words(error: Node) -> str:
    details = error.object_or_none("error_data").text_or_none("details")
    words = ": ".join(part for part in (error.text_or_none("message"), details) if part)
    trace = error.text_or_none("fbtrace_id")
    return f"{words} (fbtrace_id {trace})" if trace else words
