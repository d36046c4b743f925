"""The outbox as Prometheus sees it; read from the database at each scrape."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from core.health.scraping import at_scrape
from core.outbox import store
from core.outbox.models import OutboxPause


@at_scrape
def outbox_gauges() -> Iterator[Metric]:
    """What is not delivered, by topic and state, how old it is, and which topics pause."""
    events = GaugeMetricFamily("switchboard_outbox_events", "Undelivered events.", labels=["topic", "state"])
    oldest = GaugeMetricFamily(
        "switchboard_outbox_oldest_seconds", "Age of the oldest undelivered event.", labels=["topic", "state"]
    )
    paused = GaugeMetricFamily(
        "switchboard_outbox_paused_failures",
        "Failures in a row of a topic whose destination is down.",
        labels=["topic"],
    )
    now = timezone.now()
    for count in store.counts():
        events.add_metric([count.topic, count.state], count.number)
        oldest.add_metric([count.topic, count.state], (now - count.oldest).total_seconds())
    for pause in OutboxPause.objects.all():
        paused.add_metric([pause.topic], pause.failures)
    yield from (events, oldest, paused)
