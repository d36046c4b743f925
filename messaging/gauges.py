"""Messaging as Prometheus sees it; read from the database at each scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from core.health.scraping import at_scrape
from messaging.selectors.standing import paused_numbers, unrouted_webhooks, unsettled_recipients


@at_scrape
def messaging_gauges() -> Iterator[Metric]:
    """What waits to be sent, what nobody knows whether it was, and what nobody has registered for."""
    recipients = GaugeMetricFamily(
        "switchboard_messaging_recipients", "Recipients of campaigns who are not settled.", labels=["status"]
    )
    for status, number in unsettled_recipients().items():
        recipients.add_metric([status], number)
    yield recipients
    yield GaugeMetricFamily(
        "switchboard_messaging_unrouted_webhooks",
        "Changes that WhatsApp told of numbers and accounts that nobody has registered.",
        value=unrouted_webhooks(),
    )
    yield GaugeMetricFamily(
        "switchboard_messaging_paused_numbers",
        "Numbers that send nothing until somebody resumes them.",
        value=paused_numbers(),
    )
