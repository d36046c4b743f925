"""Writes: importing sales and communes, assigning, processing clients, and the e-mails about it."""

from trackimmo.services.assignment import AssignmentResult, assign_properties
from trackimmo.services.communes import CommunesSummary, import_communes
from trackimmo.services.importing import ImportProgress, import_sales
from trackimmo.services.processing import run_job, start_processing
from trackimmo.services.waking import sweep_jobs

__all__ = [
    "AssignmentResult",
    "CommunesSummary",
    "ImportProgress",
    "assign_properties",
    "import_communes",
    "import_sales",
    "run_job",
    "start_processing",
    "sweep_jobs",
]
