"""Writes: importing sales and communes, assigning, processing clients, and the e-mails about it."""

from trackimmo.services.assignment import AssignmentResult, assign_properties
from trackimmo.services.processing import run_job, start_processing
from trackimmo.services.waking import sweep_jobs

__all__ = ["AssignmentResult", "assign_properties", "run_job", "start_processing", "sweep_jobs"]
