"""Reads longer than a line: clients, jobs, and which properties a client may be given."""

from trackimmo.selectors.clients import active_client, assigned_page, client_detail
from trackimmo.selectors.jobs import job_by_id

__all__ = ["active_client", "assigned_page", "client_detail", "job_by_id"]
