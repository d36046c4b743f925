"""Jobs as administrators see them."""

from rest_framework import serializers

from core.serializers import PageQuery
from trackimmo.models import JobKind, JobStatus
from trackimmo.serializers.base import Out


class JobsQuery(PageQuery):
    """Which jobs."""

    limit = serializers.IntegerField(min_value=1, max_value=1000, default=50)
    status = serializers.ChoiceField(choices=JobStatus.choices, required=False)


class JobClientOut(Out):
    """Whose job it is."""

    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()


class JobOut(Out):
    """A job in the list of all."""

    job_id = serializers.UUIDField(source="pk")
    client_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    attempt_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    clients = JobClientOut(source="client")
    kind = serializers.ChoiceField(choices=JobKind.choices)
    properties_assigned = serializers.IntegerField()
    error_message = serializers.CharField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True, help_text="Of a job whose attempt failed.")


class DeletedJobsOut(Out):
    """How many jobs were deleted."""

    success = serializers.BooleanField()
    deleted_jobs = serializers.IntegerField()
    message = serializers.CharField()
