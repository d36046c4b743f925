"""Check-in as Prometheus sees it; read from the database at each scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from checkin.models import SessionStatus
from checkin.selectors.sessions import longest_overdue_seconds, session_counts
from core.health.scraping import at_scrape


@at_scrape
def session_gauges() -> Iterator[Metric]:
    """How many sessions are in each status, and for how long the one that has waited longest has been due."""
    sessions = GaugeMetricFamily("switchboard_checkin_sessions", "Sessions of listed users.", labels=["status"])
    counts = session_counts()
    for status in ("new", *SessionStatus.values):
        sessions.add_metric([status], counts.get(status, 0))
    yield sessions
    yield GaugeMetricFamily(
        "switchboard_checkin_overdue_seconds",
        "For how long the session that has waited longest for its refresh has been due.",
        value=longest_overdue_seconds(),
    )
