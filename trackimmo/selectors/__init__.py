"""Reads longer than a line: clients, jobs, and which properties a client may be given."""

from trackimmo.selectors.cities import city_page
from trackimmo.selectors.clients import active_client, assigned_page, client_detail, client_page
from trackimmo.selectors.explanation import explain_draw
from trackimmo.selectors.job_pages import job_page
from trackimmo.selectors.jobs import job_by_id
from trackimmo.selectors.statistics import statistics

__all__ = [
    "active_client",
    "assigned_page",
    "city_page",
    "client_detail",
    "client_page",
    "explain_draw",
    "job_by_id",
    "job_page",
    "statistics",
]
