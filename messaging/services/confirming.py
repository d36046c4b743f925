"""What has turned out to be sent: from then on it is a message like any other, in the conversation with its reader."""

from datetime import datetime

from messaging.models import CampaignRecipient, Delivery, RecipientStatus
from messaging.services.conversations import conversation_with
from messaging.services.deliveries import keep
from messaging.services.intake import NewMessage, message_id_of


def confirm(recipient: CampaignRecipient, *, delivery: Delivery, at: datetime) -> list[NewMessage]:
    """A locked recipient's message has the locked delivery's `wamid`. Returns it, unless it is stored already.

    Needs the contact, the campaign and its number loaded. The caller writes the recipient down.
    """
    recipient.wamid = delivery.wamid
    recipient.sent_at = recipient.sent_at or at
    recipient.status = RecipientStatus.SENT
    recipient.error_code, recipient.error = None, ""
    if delivery.message_id is not None:
        return []
    delivery.message_id = message_id_of(delivery.wamid)
    delivery.status = delivery.status or "pending"
    keep([delivery])
    campaign = recipient.campaign
    conversation = conversation_with(contact=recipient.contact, number=campaign.number, at=at)
    return [
        NewMessage(
            id=delivery.message_id,
            conversation_id=conversation.conversation_id,
            sender_id=str(campaign.number_id),
            receiver_id=str(recipient.contact_id),
            content=campaign.body,
            created_at=at,
            type="template" if campaign.template_name else "text",
            status="pending",
            wamid=delivery.wamid,
        )
    ]
