"""The demonstration's month of metrics."""

from datetime import UTC, datetime

import time_machine

from analytics import selectors
from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from analytics.metrics import IDS
from core import outbox
from core.outbox.models import OutboxEvent
from core.testing.mongo import start_empty
from demo.metrics import seed_metrics
from tests.analytics.recount import recounted, rolled_up

NOW = datetime(2026, 3, 18, 10, 20, tzinfo=UTC)


def test_each_metric_has_something_on_most_days_and_seeding_again_changes_nothing(in_scope):
    start_empty(METRIC_EVENTS)
    start_empty(METRIC_ROLLUPS)
    with time_machine.travel(NOW, tick=False):
        seed_metrics(seed=1)
        outbox.relay("analytics.event")
        first = rolled_up(in_scope.pk)
        days = {metric: selectors.daily(metric=metric, days=30) for metric in IDS}
        seed_metrics(seed=1)
        OutboxEvent.objects.all().delete()
        seed_metrics(seed=1)
        outbox.relay("analytics.event")
    assert rolled_up(in_scope.pk) == first == recounted(in_scope.pk)
    assert {metric: sum(row["count"] > 0 for row in rows) >= 15 for metric, rows in days.items()} == dict.fromkeys(
        IDS, True
    )
    assert 500 < max(row["total"] for row in days["messages_sent"]) < 2200
    assert not OutboxEvent.objects.filter(parked_at__isnull=False).exists()
