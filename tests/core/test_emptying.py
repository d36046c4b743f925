"""That nothing of a test which committed is there in the next."""

from threading import Event

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import Organization, User
from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests import emptying
from tests.emptying import empty_tables
from tests.stored import somebody_waits_for_a_lock
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("large_bytes", [0, emptying.LARGE_BYTES], ids=["truncated", "deleted"])
def test_what_was_committed_is_gone_and_content_types_are_kept(ours, theirs, monkeypatch, large_bytes):
    monkeypatch.setattr(emptying, "LARGE_BYTES", large_bytes)
    kept = ContentType.objects.count(), Permission.objects.count()
    assert min(kept) > 0
    empty_tables()
    assert [model.objects.count() for model in (Organization, ContentType, Permission)] == [0, *kept]
    assert not User.unscoped.exists()
    assert not OutboxEvent.unscoped.exists()
    empty_tables()  # where nothing is


def test_what_somebody_commits_who_is_still_at_work_is_gone_too():
    is_written = Event()

    def leave_late() -> None:
        with transaction.atomic():
            Organization.objects.create(name="Late", slug="late")
            is_written.set()
            eventually(somebody_waits_for_a_lock)

    def empty() -> None:
        assert is_written.wait(10)
        empty_tables()

    at_once([leave_late, empty])
    assert not Organization.objects.exists()
