"""Calls of messaging."""

from typing import Any, Final
from uuid import UUID

from messaging.models import Campaign, Contact, Conversation
from tests.audit.coverage.calls import Call, left
from tests.audit.coverage.world import World, closed, published, with_recipients
from tests.messaging.webhooks import payload, post, text

CONTACTS: Final = "/api/v1/contacts"
CONVERSATIONS: Final = "/api/v1/conversations"
CAMPAIGNS: Final = "/api/v1/campaigns"
WHOLE: Final = "body name number_id status template_language template_name template_parameters"
ELSEWHERE: Final = str(UUID(int=1))
MESSAGE: Final = {"sender_id": "ada", "receiver_id": "bob", "content": "Hello"}


def _from_meta(world: World, path: str, body: Any) -> Any:
    """A message to our number, signed; not signed as it must be if there is a body."""
    told = payload({"messages": [text("wamid.1", sender="33698765432")]}, phone=world.number.phone_number_id)
    return post(told, url=path, signed=body)


def _recipients(world: World) -> dict[str, list[str]]:
    return {"contact_ids": [str(world.contact.pk)]}


CALLS: Final = {
    "POST /api/v1/message-history/messages": Call(
        by="admin",
        body={**MESSAGE, "conversation_id": ELSEWHERE},
        refused={**MESSAGE, "conversation_id": ELSEWHERE, "content": ""},
        leaves=[left("create conversation", Conversation, "contact_id status")],
    ),
    f"POST {CONTACTS}": Call(
        by="admin",
        body={"name": "Eve", "wa_id": "33611111111"},
        refused={"name": "Eve", "wa_id": "soon"},
        leaves=[left("create contact", Contact, "name wa_id")],
    ),
    f"PATCH {CONTACTS}/<uuid:contact_id>": Call(
        by="admin", body={"name": "Eve"}, leaves=[left("update contact", "contact_id", "name")]
    ),
    f"POST {CONVERSATIONS}/<uuid:conversation_id>/close": Call(
        by="admin", leaves=[left("close conversation", "conversation_id", "status")]
    ),
    f"POST {CONVERSATIONS}/<uuid:conversation_id>/reopen": Call(
        by="admin", given=closed, leaves=[left("reopen conversation", "conversation_id", "status")]
    ),
    f"POST {CAMPAIGNS}": Call(
        by="admin",
        body={"name": "Summer", "body": "Summer is here"},
        refused={"name": "Summer", "body": ""},
        leaves=[left("create campaign", Campaign, WHOLE)],
    ),
    f"PATCH {CAMPAIGNS}/<uuid:campaign_id>": Call(
        by="admin", body={"body": "It is here"}, leaves=[left("update campaign", "campaign_id", "body")]
    ),
    f"DELETE {CAMPAIGNS}/<uuid:campaign_id>": Call(
        by="admin", leaves=[left("delete campaign", "campaign_id", "name status")]
    ),
    f"POST {CAMPAIGNS}/<uuid:campaign_id>/recipients": Call(
        by="admin", body=_recipients, leaves=[left("update campaign", "campaign_id", "recipients")]
    ),
    f"POST {CAMPAIGNS}/<uuid:campaign_id>/publish": Call(
        by="admin", given=with_recipients, leaves=[left("update campaign", "campaign_id", "status")]
    ),
    f"POST {CAMPAIGNS}/<uuid:campaign_id>/execute": Call(
        by="admin", given=published, leaves=[left("execute campaign", "campaign_id", "status")]
    ),
    "POST /webhooks/whatsapp": Call(
        by="http",
        send=_from_meta,
        refused="sha256=of-nobody",
        leaves=[
            left("create conversation", Conversation, "contact_id status"),
            left("create contact", Contact, "name wa_id"),
        ],
    ),
}
