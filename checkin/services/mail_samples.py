"""Check-in's mail with made-up contents."""

from datetime import UTC, datetime
from uuid import UUID

from checkin.services.refreshing.alerting import login_mail
from core.mail.written import Mail


def sample_expiry_mail() -> Mail:
    """The alert to a session that has expired."""
    return login_mail(
        to="cto@demo.test",
        session_id=UUID("0f0e5a1c-52a5-4c5e-9d55-3f1f1f6f2a10"),
        email="ada.lovelace@university.test",
        reason="The session has expired: log in again.",
        last_refreshed_at=datetime(2026, 3, 2, 8, 45, 12, tzinfo=UTC),
        found_at=datetime(2026, 3, 2, 9, 0, 14, tzinfo=UTC),
        is_expired=True,
    )
