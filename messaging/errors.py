"""What can be wrong with a request about messages."""

from core.errors import Conflict, NotFound


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
