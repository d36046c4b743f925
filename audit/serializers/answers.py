"""What the endpoints answer."""

from collections.abc import Sequence
from typing import Any, Final

from rest_framework import serializers

from audit.documents import AuditLog

Fields = dict[str, Any]
# What the documents promise of an entry in each list; the log's own list tells who acted if no user did, and what
# verifies the entry.
OF_ACTIVITY: Final = ("_id", "action", "resource_type", "resource_id", "created_at")
OF_HISTORY: Final = ("_id", "action", "user_id", "changes", "created_at")
# fmt: off
OF_THE_LOG: Final = (
    "_id", "organization_id", "user_id", "action", "resource_type", "resource_id", "changes", "ip_address",
    "user_agent", "created_at", "key_id", "request_id", "seq", "prev_hash", "hash",
)
# fmt: on


def shown(entries: Sequence[AuditLog], names: Sequence[str]) -> list[Fields]:
    """The entries with these fields; times to the microsecond, as the documents write them."""
    picked: list[Fields] = []
    for entry in entries:
        fields: Fields = {name: entry[name] for name in names}  # type: ignore[literal-required]  # names of an entry
        fields["created_at"] = entry["created_at"].isoformat(timespec="microseconds")
        picked.append(fields)
    return picked


class ActivityEntryOut(serializers.Serializer[Any]):
    """An entry of somebody's activity."""

    _id = serializers.UUIDField()
    action = serializers.CharField(help_text="`create`, `update`, `delete`, `execute`, `login`, …")
    resource_type = serializers.CharField()
    resource_id = serializers.CharField()
    created_at = serializers.DateTimeField()

    class Meta:
        ref_name = "AuditActivityEntry"


class HistoryEntryOut(serializers.Serializer[Any]):
    """An entry of an object's history."""

    _id = serializers.UUIDField()
    action = serializers.CharField()
    user_id = serializers.UUIDField(allow_null=True)
    changes = serializers.DictField(help_text="Per field its old and its new value; secrets are redacted.")
    created_at = serializers.DateTimeField()

    class Meta:
        ref_name = "AuditHistoryEntry"


class LogEntryOut(ActivityEntryOut):
    """An entry of the log."""

    organization_id = serializers.UUIDField()
    user_id = serializers.UUIDField(allow_null=True, help_text="Who did it; null if a program or the platform did.")
    key_id = serializers.CharField(allow_null=True, help_text="The key of the program that did it.")
    changes = serializers.DictField(help_text="Per field its old and its new value; secrets are redacted.")
    ip_address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    request_id = serializers.CharField(help_text="The answer's `X-Request-ID`.")
    seq = serializers.IntegerField(help_text="The organization's entries are counted from 1, without gaps.")
    prev_hash = serializers.CharField(help_text="The hash of the entry before.")
    hash = serializers.CharField(help_text="SHA-256 of the rest of the entry.")

    class Meta:
        ref_name = "AuditEntry"


class ListOut(serializers.Serializer[Any]):
    """What every list has."""

    success = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many are in `data`.")


class LogsOut(ListOut):
    """A page of the log."""

    data = LogEntryOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class
    next_cursor = serializers.CharField(allow_null=True, help_text="For the next page; null on the last.")

    class Meta:
        ref_name = "AuditLogs"


class ActivityOut(ListOut):
    """Somebody's activity."""

    user_id = serializers.UUIDField()
    days = serializers.IntegerField()
    data = ActivityEntryOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "AuditActivity"


class HistoryOut(ListOut):
    """An object's history."""

    resource_id = serializers.CharField()
    data = HistoryEntryOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "AuditHistory"


class VerdictOut(serializers.Serializer[Any]):
    """What a verification found."""

    organization_id = serializers.UUIDField()
    verified = serializers.BooleanField(help_text="Whether nothing is wrong with the entries that were read.")
    first_bad_seq = serializers.IntegerField(allow_null=True, help_text="The first entry that may have been changed.")
    last_bad_seq = serializers.IntegerField(allow_null=True, help_text="The last such entry.")
    reason = serializers.CharField(help_text="What is wrong, in a sentence; empty if nothing is.")
    checked_from = serializers.IntegerField(help_text="The first entry that was read.")
    checked_to = serializers.IntegerField(help_text="The last entry that was read.")
    size = serializers.IntegerField(help_text="How many entries the log has had.")
    sealed_size = serializers.IntegerField(help_text="Up to which entry they were deleted when their time had come.")
    checkpoints_compared = serializers.IntegerField(help_text="How many signed checkpoints lay in what was read.")
    complete = serializers.BooleanField(help_text="Whether the log's end was reached, or a fault.")
    next_seq = serializers.IntegerField(allow_null=True, help_text="`from_seq` of the next call; null if complete.")
    public_key_ids = serializers.ListField(
        child=serializers.CharField(), help_text="Of the keys that signatures were verified with."
    )

    class Meta:
        ref_name = "AuditVerdict"


class VerificationOut(ListOut):
    """A verification."""

    count = serializers.IntegerField(help_text="How many entries were read.")
    data = VerdictOut()  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "AuditVerification"
