"""TrackImmo in the Django admin. Staff see their own organization."""

from trackimmo.admin import assignments, cities, clients, days, jobs, properties, sources

__all__ = ["assignments", "cities", "clients", "days", "jobs", "properties", "sources"]
