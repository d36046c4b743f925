"""Callbacks as they are answered, for Swagger."""

from typing import Any

from rest_framework import serializers

from agents.models import CallbackStatus

Out = serializers.Serializer[Any]


class CallbackOut(Out):
    """A callback. Times are UTC, to the second."""

    id = serializers.UUIDField()
    agent_id = serializers.UUIDField()
    customer_id = serializers.UUIDField()
    scheduled_datetime = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="15 minutes later.")
    status = serializers.ChoiceField(choices=CallbackStatus.choices)
    priority_level = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    expected_outcome = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)
    reschedule_count = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    customer_phone = serializers.CharField()
    customer_name = serializers.CharField(allow_blank=True)
    is_overdue = serializers.BooleanField(help_text="It waits, and its time has gone by.")

    class Meta:
        ref_name = "Callback"


class CallbackDoneOut(Out):
    """What was done, and the callback, under both names."""

    message = serializers.CharField()
    data = CallbackOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    callback = CallbackOut()
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "CallbackDone"


class CallbacksSummaryOut(Out):
    """How many match, by status, and how many of them are overdue."""

    scheduled = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    completed = serializers.IntegerField()
    rescheduled = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    overdue = serializers.IntegerField()

    class Meta:
        ref_name = "CallbacksSummary"


class CallbacksOut(Out):
    """A part of the callbacks."""

    items = CallbackOut(many=True)
    total_count = serializers.IntegerField()
    summary = CallbacksSummaryOut()

    class Meta:
        ref_name = "Callbacks"
