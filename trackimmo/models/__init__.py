"""Cities, the properties sold in them, clients, what they were assigned, the jobs that assign, and the daily runs."""

from trackimmo.models.assignments import Assignment, AssignmentStatus
from trackimmo.models.cities import City
from trackimmo.models.clients import Client, ClientStatus, Language, Subscription
from trackimmo.models.days import DailyRun, Dispatch, DispatchKind
from trackimmo.models.jobs import ACTIVE_JOB, JobKind, JobStatus, ProcessingJob
from trackimmo.models.properties import Property, PropertyType
from trackimmo.models.sources import SalesFile

__all__ = [
    "ACTIVE_JOB",
    "Assignment",
    "AssignmentStatus",
    "City",
    "Client",
    "ClientStatus",
    "DailyRun",
    "Dispatch",
    "DispatchKind",
    "JobKind",
    "JobStatus",
    "Language",
    "ProcessingJob",
    "Property",
    "PropertyType",
    "SalesFile",
    "Subscription",
]
