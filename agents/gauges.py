"""Callbacks of AI agents as Prometheus sees them; read from the database at each scrape."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from agents.selectors.load import callback_load
from core.health.scraping import at_scrape


@at_scrape
def callback_gauges() -> Iterator[Metric]:
    """How many callbacks wait, are overdue, are in progress, and began 15 minutes ago without a call; and for how long
    the one that has waited longest is overdue."""
    load = callback_load(now=timezone.now())
    callbacks = GaugeMetricFamily("switchboard_agents_callbacks", "Callbacks of AI agents.", labels=["state"])
    for state in ("waiting", "overdue", "in_progress", "uncalled"):
        callbacks.add_metric([state], getattr(load, state))
    yield callbacks
    yield GaugeMetricFamily(
        "switchboard_agents_overdue_seconds",
        "For how long the callback that is overdue most has been waiting since its time came.",
        value=load.most_overdue_seconds,
    )
