"""Writes: importing sales and communes, assigning, processing clients, and the e-mails about it."""

from trackimmo.services import days
from trackimmo.services.assignment import AssignmentResult, assign_properties
from trackimmo.services.assignment_notes import note_assignment
from trackimmo.services.city_admin import create_city, update_city
from trackimmo.services.cleanup import delete_ended_jobs, delete_old_jobs
from trackimmo.services.clients import create_client, deactivate_client, update_client
from trackimmo.services.communes import CommunesSummary, import_communes
from trackimmo.services.erasure import ErasedClient, erase_client
from trackimmo.services.health import check_health
from trackimmo.services.importing import ImportProgress, import_sales
from trackimmo.services.processing import run_job, start_processing
from trackimmo.services.requests import start_adding_addresses
from trackimmo.services.retries import process_retry_queue
from trackimmo.services.trials import process_at_once, reset_assignments
from trackimmo.services.unsubscribing import read_unsubscribe_token, unsubscribe
from trackimmo.services.waking import sweep_jobs

__all__ = [
    "AssignmentResult",
    "CommunesSummary",
    "ErasedClient",
    "ImportProgress",
    "assign_properties",
    "check_health",
    "create_city",
    "create_client",
    "days",
    "deactivate_client",
    "delete_ended_jobs",
    "delete_old_jobs",
    "erase_client",
    "import_communes",
    "import_sales",
    "note_assignment",
    "process_at_once",
    "process_retry_queue",
    "read_unsubscribe_token",
    "reset_assignments",
    "run_job",
    "start_adding_addresses",
    "start_processing",
    "sweep_jobs",
    "unsubscribe",
    "update_city",
    "update_client",
]
