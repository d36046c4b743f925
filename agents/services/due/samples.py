"""The mails about callbacks with made-up contents."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from agents.models import AIAgent, Callback, CallbackStatus, Customer
from agents.services.due.mails import Occasion, Recipient, mail_about
from core.mail import Mail

ORGANIZATION = UUID(int=0)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WHOM = (
    ("Ada Lovelace", "+33612345678", "Follow-up on pricing discussion", 5),
    ("", "+4915123456789", "", 3),
    (
        "Bartholomew Featherstonehaugh-Cholmondeley",
        "+12015550123",
        f"Read https://example.test/{'offer-' * 20} first",
        1,
    ),
)


def sample_mail(occasion: Occasion) -> Mail:
    """A mail to somebody with three callbacks, of which the last has begun if they are overdue."""
    agent = AIAgent(organization_id=ORGANIZATION, name="Sarah - Sales Expert", timezone="Europe/Paris")
    callbacks = [
        Callback(
            organization_id=ORGANIZATION,
            agent=agent,
            customer=Customer(organization_id=ORGANIZATION, name=name, phone_number=phone),
            scheduled_datetime=NOON + timedelta(minutes=15 * number),
            reason=reason,
            priority_level=priority,
        )
        for number, (name, phone, reason, priority) in enumerate(WHOM)
    ]
    if occasion == Occasion.OVERDUE:
        callbacks[-1].status = CallbackStatus.IN_PROGRESS
        callbacks[-1].started_at = callbacks[-1].scheduled_datetime + timedelta(minutes=2)
    return mail_about(occasion, callbacks, to=Recipient("grace@demo.test", may_enter_admin=True))
