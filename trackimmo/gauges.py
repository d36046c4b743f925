"""TrackImmo as Prometheus sees it; read from the database at each scrape."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from core.health.scraping import at_scrape
from trackimmo.models import JobStatus
from trackimmo.selectors.days import last_finished_day, open_run_count
from trackimmo.selectors.jobs import job_counts, longest_wait_seconds


@at_scrape
def job_gauges() -> Iterator[Metric]:
    """How many jobs are in each status, and how long the first in line has been due."""
    jobs = GaugeMetricFamily("switchboard_trackimmo_jobs", "Processing jobs.", labels=["status"])
    counts = job_counts()
    for status in JobStatus.values:
        jobs.add_metric([status], counts.get(status, 0))
    yield jobs
    yield GaugeMetricFamily(
        "switchboard_trackimmo_job_wait_seconds",
        "How long the job that has waited longest for a worker has been due.",
        value=longest_wait_seconds(),
    )


@at_scrape
def day_gauges() -> Iterator[Metric]:
    """How many daily runs are open, and how far the organization has come that is furthest behind."""
    yield GaugeMetricFamily(
        "switchboard_trackimmo_open_daily_runs", "Daily runs that are not finished.", value=open_run_count()
    )
    if day := last_finished_day():
        yield GaugeMetricFamily(
            "switchboard_trackimmo_last_finished_day_timestamp_seconds",
            "The last day (midnight, UTC) that is finished in the organization that is furthest behind.",
            value=datetime.combine(day, time(), tzinfo=UTC).timestamp(),
        )
