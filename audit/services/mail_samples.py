"""The audit log's mail with made-up contents."""

from datetime import UTC, datetime
from uuid import UUID

from audit.services.verification import Verdict
from audit.services.watching import changed_mail
from core.mail.written import Mail


def sample_changed_mail() -> Mail:
    """That an entry was edited."""
    verdict = Verdict(
        organization_id=UUID("5b0b0c5e-6a0a-4f0e-9d55-3f1f1f6f2a10"),
        verified=False,
        first_bad_seq=1042,
        last_bad_seq=1042,
        reason="Entry 1042 was changed: it does not have the hash of its content.",
        checked_from=1,
        checked_to=1041,
        size=20_480,
        sealed_size=0,
        checkpoints_compared=1,
        complete=True,
        next_seq=None,
        public_key_ids=(),
    )
    return changed_mail(
        verdict, to="cto@demo.test", name="Demo", slug="demo", found_at=datetime(2026, 3, 2, 9, 0, 14, tzinfo=UTC)
    )
