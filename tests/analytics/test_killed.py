"""A relay that is killed between the count and its mark: the next one counts nothing twice."""

import os
import subprocess
import sys
from uuid import UUID

import pytest
from django.db import connection, transaction

from analytics import services as analytics
from core import outbox, tenancy
from core.outbox.models import OutboxEvent
from tests.analytics.recount import recounted, rolled_up
from tests.analytics.test_counting import AT
from tests.processes import ROOT, environment_of_this_test

# Dies by its own hand where a SIGKILL could have met it: all is counted, nothing is marked.
DYING = """
import os, signal, django
django.setup()
from core import outbox
from core.outbox import store
store.complete = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
outbox.relay("analytics.event")
"""


@pytest.mark.django_db(transaction=True)
def test_what_was_counted_before_the_kill_is_not_counted_again(ours, settings):
    organization_id = ours.organization.pk
    with tenancy.scope(organization_id), transaction.atomic():
        analytics.record_many("messages_sent", moments=[AT] * 50, event_ids=[UUID(int=one) for one in range(50)])
    environment = {
        **environment_of_this_test(settings),
        "MONGODB_DATABASE": settings.MONGODB_DATABASE,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PATH": os.environ["PATH"],
    }
    died = subprocess.run([sys.executable, "-c", DYING], env=environment, cwd=ROOT, check=False, timeout=60)
    assert died.returncode == -9
    assert [row[:2] for row in rolled_up(organization_id).values()] == [(50, 50)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_event SET lease_expires_at = now() - interval '1 second'")
    with tenancy.scope(organization_id):
        assert OutboxEvent.objects.filter(delivered_at__isnull=True).count() == 50
        assert outbox.relay(analytics.TOPIC) == 50
        assert OutboxEvent.objects.filter(delivered_at__isnull=True).count() == 0
    assert [row[:2] for row in rolled_up(organization_id).values()] == [(50, 50)]
    assert rolled_up(organization_id) == recounted(organization_id)
