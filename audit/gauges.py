"""The audit log as Prometheus sees it; read from PostgreSQL at each scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from audit.services.standing import standing
from core.health.scraping import at_scrape


@at_scrape
def log_gauges() -> Iterator[Metric]:
    """How many entries there are, for how long the oldest has had no checkpoint, and how many logs were changed."""
    found = standing()
    yield GaugeMetricFamily("switchboard_audit_entries", "Entries written to all audit logs.", value=found.entries)
    yield GaugeMetricFamily(
        "switchboard_audit_unsigned_seconds",
        "How long ago the last checkpoint was signed, of the log that has waited longest for its next one.",
        value=found.unsigned_seconds,
    )
    yield GaugeMetricFamily(
        "switchboard_audit_changed_logs",
        "Logs of which the regular verification has found that somebody changed them.",
        value=found.changed_logs,
    )
