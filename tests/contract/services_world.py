"""What the document of audit, analytics and messages speaks of, as the platform itself would have written it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from analytics import services as analytics
from audit import services as audit
from core import outbox, tenancy
from core.actor import Actor, Origin, origin_of
from messaging.services.conversations import open_conversation
from messaging.services.intake import NewMessage, store_messages
from tests.conftest import Company

CAMPAIGN = "770e8400-e29b-41d4-a716-446655440002"
CONVERSATION = UUID("880e8400-e29b-41d4-a716-446655440003")
CUSTOMER = "990e8400-e29b-41d4-a716-446655440004"
HALF_PAST_TEN = datetime(2026, 1, 27, 10, 30, tzinfo=UTC)
ADDRESS, BROWSER = "192.168.1.100", "Mozilla/5.0..."


@dataclass(frozen=True)
class World:
    """The organization's admin is the document's user."""

    company: Company

    @property
    def user(self) -> User:
        return self.company.admin


def make_world(company: Company) -> World:
    """The document's campaign, conversation and metrics, all of them in MongoDB."""
    world = World(company)
    organization_id = company.organization.pk
    actor = Actor("user", organization_id, user_id=world.user.pk)
    with tenancy.scope(organization_id), origin_of(Origin(actor, ADDRESS, BROWSER, "documented")):
        campaign()
        conversation(str(world.user.pk))
        metrics()
    outbox.relay_all()
    return world


def campaign() -> None:
    """It was drafted, published and executed."""
    for action, old, new in [
        ("create", None, "draft"),
        ("update", "draft", "published"),
        ("execute", "published", "executed"),
    ]:
        with transaction.atomic():
            audit.record(action=action, resource_type="campaign", resource_id=CAMPAIGN, changes={"status": (old, new)})


@transaction.atomic
def conversation(user_id: str) -> None:
    """Its two messages, and what the document's search finds."""
    said = [
        (user_id, CUSTOMER, "Hello, how can I help?", "delivered", 0),
        (CUSTOMER, user_id, "I need help with my order", "read", 1),
        (CUSTOMER, user_id, "Please provide support for this issue", "read", 30),
    ]
    open_conversation(CONVERSATION, at=HALF_PAST_TEN)
    store_messages(
        [
            NewMessage(
                id=UUID(int=number),
                conversation_id=CONVERSATION,
                sender_id=sender,
                receiver_id=receiver,
                content=content,
                status=status,
                created_at=HALF_PAST_TEN + timedelta(minutes=minutes),
            )
            for number, (sender, receiver, content, status, minutes) in enumerate(said, 1)
        ]
    )


@transaction.atomic
def metrics() -> None:
    """Of today: 1500 messages at twelve times, a campaign with 45 and one with 62."""
    for _ in range(12):
        analytics.record("messages_sent", value=125)
    analytics.record("campaigns_executed", value=45)
    analytics.record("campaigns_executed", value=62)
