"""TrackImmo in the Django admin. Staff see their own organization."""

from trackimmo.admin import assignments, cities, clients, jobs, properties

__all__ = ["assignments", "cities", "clients", "jobs", "properties"]
