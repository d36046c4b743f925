"""What can be wrong with a request about messages."""

from core.errors import Conflict, Invalid, NotFound, Unauthenticated, Unavailable


class ConversationNotFound(NotFound):
    """There is none with this id, or it is another organization's."""

    code = "conversation_not_found"
    default_message = "Conversation not found."


class ContactNotFound(NotFound):
    """There is none with this id, or it is another organization's."""

    code = "contact_not_found"
    default_message = "Contact not found."


class CampaignNotFound(NotFound):
    """There is none with this id, or it is another organization's."""

    code = "campaign_not_found"
    default_message = "Campaign not found."


class ConversationClosed(Conflict):
    """It was closed before."""

    code = "conversation_closed"
    default_message = "The conversation is closed already."


class ConversationOpen(Conflict):
    """It is open, so that it cannot be opened again."""

    code = "conversation_open"
    default_message = "The conversation is open."


class AnotherConversationOpen(Conflict):
    """A contact has one open conversation with a number at a time, and that is another one."""

    code = "another_conversation_open"
    default_message = "Another conversation with this contact is open."


class ContactExists(Conflict):
    """A WhatsApp id is one contact's."""

    code = "contact_exists"

    def __init__(self) -> None:
        super().__init__(fields={"wa_id": ["There is a contact with this number already."]})


class ImportInterrupted(Unavailable):
    """What is there already cannot be looked up."""

    code = "import_interrupted"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}: MongoDB is not available. What was taken in so far stays; run the command again for the rest."
        )


class MessageDiffers(Conflict):
    """The caller gave this id to another message before."""

    code = "message_differs"

    def __init__(self) -> None:
        super().__init__(fields={"id": ["A different message has this id."]})


class NumberFixed(Invalid):
    """A contact is known by his number: with another one he is somebody else."""

    code = "number_fixed"

    def __init__(self) -> None:
        super().__init__(fields={"wa_id": ["Cannot be changed."]})


class WebhookOff(Unavailable):
    """WHATSAPP_APP_SECRET or WHATSAPP_VERIFY_TOKEN is not set. Meta tries again later, for days."""

    code = "webhook_off"
    default_message = "The webhook is switched off: WHATSAPP_APP_SECRET and WHATSAPP_VERIFY_TOKEN are not set."


class BadSignature(Unauthenticated):
    """It does not come from Meta."""

    code = "bad_signature"
    default_message = "X-Hub-Signature-256 is missing, or is not this body's."


class NumberNotFound(NotFound):
    """There is none with this id, or it is another organization's."""

    code = "number_not_found"
    default_message = "WhatsApp number not found."


class NumberTaken(Conflict):
    """Somebody has registered a number with this `phone_number_id`."""

    code = "number_taken"

    def __init__(self) -> None:
        super().__init__(fields={"phone_number_id": ["This number is registered already."]})


class CampaignNotDraft(Conflict):
    """Only a draft can be changed, published or deleted."""

    code = "campaign_not_draft"
    default_message = "The campaign is no draft any more."


class CampaignNotPublished(Conflict):
    """Only a published campaign can be executed, and only once."""

    code = "campaign_not_published"
    default_message = "The campaign is not published, or was executed before."


class NoRecipients(Conflict):
    """Nobody would get it."""

    code = "no_recipients"
    default_message = "The campaign has no recipients."


class NumberInactive(Conflict):
    """Campaigns are sent from active numbers only."""

    code = "number_inactive"
    default_message = "The campaign's WhatsApp number is not active."
