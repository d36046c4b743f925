"""The audit log's chains and checkpoints in the admin, to read."""

from django.contrib import admin

from audit.models import Chain, Checkpoint
from config.admin_tables import CappedAdmin, ReadOnly


@admin.register(Chain)
class ChainAdmin(ReadOnly, CappedAdmin):
    """How far the organization's log goes."""

    list_display = ["__str__", "size", "sealed_size", "watched_size", "first_bad_seq", "head"]


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly, CappedAdmin):
    """What was signed of it."""

    list_display = ["__str__", "kind", "size", "created_at", "key_id", "root"]
    list_filter = ["kind"]
