"""The collection `messages`."""

from datetime import datetime
from typing import Final, Literal, NotRequired, TypedDict, get_args
from uuid import UUID

from core.mongo import Collection, Index

MessageType = Literal[
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "button",
    "interactive",
    "reaction",
    "order",
    "system",
    "template",
    "unsupported",
]
# In the order in which a message gets on: what arrives late never takes it back.
Status = Literal["pending", "sent", "failed", "delivered", "read"]
TYPES: Final[tuple[str, ...]] = get_args(MessageType)
STATUSES: Final[tuple[str, ...]] = get_args(Status)


class Message(TypedDict):
    """One message. `_id` is made of the organization and of whatever names it where it came from.

    `sender_id` and `receiver_id` may be anybody's ids. `terms` are its words, folded, each once, and decide what a
    search finds; `folded` is all of them in their order, which MongoDB's text index scores: see `messaging.words`.
    """

    _id: UUID
    organization_id: UUID
    conversation_id: UUID
    sender_id: str
    receiver_id: str
    content: str
    type: MessageType
    status: Status
    media_url: str | None
    created_at: datetime
    terms: list[str]
    folded: str
    wamid: NotRequired[str]


MESSAGES = Collection(
    "messages",
    schema=Message,
    indexes=[
        Index("conversation_id", "-created_at", "-_id"),
        Index("terms", "-created_at", "-_id"),
        Index("-created_at", "-_id"),
        Index("folded:text"),
    ],
)
