"""Jobs: what starts one, and how it stands."""

from rest_framework import serializers

from core.serializers import StrictSerializer
from trackimmo.models import JobStatus
from trackimmo.serializers.base import IdField, Out


class ProcessClientIn(StrictSerializer):
    """Which client to process."""

    client_id = IdField()


class JobAcceptedOut(Out):
    """The job that does it."""

    success = serializers.BooleanField()
    job_id = serializers.UUIDField()
    client_id = serializers.UUIDField()
    message = serializers.CharField()


class JobStatusOut(Out):
    """How far a job is."""

    job_id = serializers.UUIDField(source="pk")
    client_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    properties_assigned = serializers.IntegerField()
    error_message = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    progress = serializers.DictField(help_text="`step` and `percent`, once a worker has begun.")
