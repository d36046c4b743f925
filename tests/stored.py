"""What a test finds written down: audit entries, mails that wait, and who waits for whom."""

from django.db import connection

from core.outbox.models import OutboxEvent


def queued_mails(kind: str | None = None) -> list[dict]:
    """The mails queued so far in our organization, oldest first; of one kind if told."""
    events = OutboxEvent.objects.filter(topic="mail.send").order_by("created_at", "id")
    mails = [event.payload for event in events]
    return [mail for mail in mails if kind in (None, mail["kind"])]


def audited() -> list[dict]:
    """What was written to the audit log so far in our organization, oldest first."""
    return [event.payload for event in OutboxEvent.objects.filter(topic="audit.entry").order_by("created_at", "id")]


def somebody_waits_for_a_lock() -> bool:
    """Whether a connection to this test's database is waiting for another one."""
    with connection.cursor() as cursor:
        # Within a transaction the view would stay as it was first seen.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return cursor.fetchone()[0]
