"""Writes: reporting, editing and deleting records, each told to the audit log; exports; forgetting what is old."""

from profiles.services.deleting import BulkDeletion, delete_record, delete_records
from profiles.services.editing import update_record
from profiles.services.exporting import export_csv
from profiles.services.reporting import NewRecord, report_logout, report_logouts
from profiles.services.retention import forget_old_records, forget_unused_profiles

__all__ = [
    "BulkDeletion",
    "NewRecord",
    "delete_record",
    "delete_records",
    "export_csv",
    "forget_old_records",
    "forget_unused_profiles",
    "report_logout",
    "report_logouts",
    "update_record",
]
