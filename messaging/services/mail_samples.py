"""Messaging's mail with made-up contents."""

from core.mail.written import Mail
from messaging.models import AccountEvent
from messaging.services.account_events import account_mail


def sample_account_mail() -> Mail:
    """The alert to an account that Meta is about to switch off."""
    value = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}}
    return account_mail(AccountEvent(pk=1, business_account_id="102290129340398", field="account_update", value=value))
