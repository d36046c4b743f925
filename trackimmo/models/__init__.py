"""Cities, the properties sold in them, clients, what they were assigned, and the jobs that assign."""

from trackimmo.models.assignments import Assignment, AssignmentStatus
from trackimmo.models.cities import City
from trackimmo.models.clients import Client, ClientStatus, Language, Subscription
from trackimmo.models.jobs import ACTIVE_JOB, JobKind, JobStatus, ProcessingJob
from trackimmo.models.properties import Property, PropertyType

__all__ = [
    "ACTIVE_JOB",
    "Assignment",
    "AssignmentStatus",
    "City",
    "Client",
    "ClientStatus",
    "JobKind",
    "JobStatus",
    "Language",
    "ProcessingJob",
    "Property",
    "PropertyType",
    "Subscription",
]
