"""Jobs: what starts one, and how it stands."""

from rest_framework import serializers

from core.fields import IdField, WholeNumberField
from core.serializers import QuerySerializer, StrictSerializer
from trackimmo.models import JobStatus
from trackimmo.serializers.base import Out


class ProcessClientIn(StrictSerializer):
    """Which client to process."""

    client_id = IdField()


class AddAddressesIn(StrictSerializer):
    """Which client gets more properties, and how many."""

    client_id = IdField()
    count = WholeNumberField(
        min_value=1, max_value=500, required=False, help_text="As many as in a report unless told."
    )


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


class RetriesOut(Out):
    """How the retry queue was worked off."""

    success = serializers.BooleanField()
    processed = serializers.IntegerField(help_text="Attempts made.")
    failed = serializers.IntegerField(help_text="How many of them did not complete their job.")
    message = serializers.CharField()


class OlderThanQuery(QuerySerializer):
    """How old a job's end must be."""

    older_than_days = serializers.IntegerField(min_value=0, max_value=36_500, required=False)


class CleanedJobsOut(Out):
    """How many jobs were forgotten."""

    success = serializers.BooleanField()
    cleaned_jobs = serializers.IntegerField()
    message = serializers.CharField()
