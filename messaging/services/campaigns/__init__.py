"""What can be done with campaigns: written and changed as drafts, published, executed once."""

from messaging.services.campaigns.drafts import create_campaign, delete_campaign, update_campaign
from messaging.services.campaigns.recipients import Chosen, choose_recipients
from messaging.services.campaigns.steps import execute_campaign, publish_campaign

__all__ = [
    "Chosen",
    "choose_recipients",
    "create_campaign",
    "delete_campaign",
    "execute_campaign",
    "publish_campaign",
    "update_campaign",
]
