"""Messaging's mail with made-up contents."""

from uuid import UUID

from core.mail.written import Mail
from messaging.models import AccountEvent
from messaging.services.account_events import account_mail


def sample_account_mail() -> Mail:
    """The alert to an account that Meta is about to switch off."""
    value = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}}
    event = AccountEvent(
        pk=1,
        organization_id=UUID("5b0b0c5e-6a0a-4f0e-9d55-3f1f1f6f2a10"),  # there is no scope to take it from
        business_account_id="102290129340398",
        field="account_update",
        value=value,
    )
    return account_mail(event)
