"""WhatsApp's side of the webhook: real payloads and made-up ones, signed as Meta signs them."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging.models import AccountEvent, Contact, Conversation, Delivery, UnroutedWebhook, WhatsAppNumber

URL = "/webhooks/whatsapp/"
SECRET = "demo-app-secret"
PAYLOADS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "whatsapp" / "bindambc_java_api"
REAL = {path.stem: path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))}
MALFORMED = "textMessageStatusRead"
WELL_FORMED = [name for name in REAL if name != MALFORMED]
needs_payloads = pytest.mark.skipif(not REAL, reason=f"needs the real payloads in {PAYLOADS}")
PHONE, ACCOUNT = "409552778964973", "880480571844883"
TABLES = (AccountEvent, Contact, Conversation, Delivery, UnroutedWebhook)


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(body: bytes, *, url: str = URL, signed: str | None = None, **headers: str) -> Any:
    """Post it as Meta does, signed unless told with what."""
    sent = {"X-Hub-Signature-256": signature(body) if signed is None else signed, **headers}
    return APIClient(headers=sent).post(url, body, content_type="application/json")


def tell(value: dict, *, phone: str = PHONE, account: str = ACCOUNT) -> Any:
    """Post one change about messages."""
    return post(payload(value, phone=phone, account=account))


def payload(*values: dict, phone: str = PHONE, account: str = ACCOUNT) -> bytes:
    metadata = {"display_phone_number": phone, "phone_number_id": phone}
    changes = [
        {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
        for value in values
    ]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": account, "changes": changes}]}).encode()


def text(wamid: str, body: str = "Hello", *, sender: str = "33612345678", at: int = 1_700_000_000) -> dict:
    return {"from": sender, "id": wamid, "timestamp": str(at), "type": "text", "text": {"body": body}}


def status(wamid: str, name: str, *, at: int = 1_700_000_100, **more: Any) -> dict:
    return {"id": wamid, "status": name, "timestamp": str(at), "recipient_id": "33612345678", **more}


def register(*phones: str, account: str = ACCOUNT) -> list[WhatsAppNumber]:
    """Numbers of the organization in scope."""
    return [
        WhatsAppNumber.objects.create(phone_number_id=phone, business_account_id=account, access_token="a-token")
        for phone in phones
    ]


def stored_rows() -> dict[str, int]:
    """How many rows there are of all that a webhook may write, in all organizations."""
    return {model.__name__: getattr(model, "unscoped", model.objects).count() for model in TABLES}


NOTHING = {model.__name__: 0 for model in TABLES}
