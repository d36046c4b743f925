"""Refresh runs and what was tried in them."""

from rest_framework import serializers

from checkin.models import Outcome, RunKind
from checkin.serializers.base import AnswerOut, Out


class RunOut(Out):
    """A refresh of several sessions, and how far it is."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=RunKind.choices, help_text="Every session, those that were due, or one.")
    total = serializers.IntegerField(help_text="How many sessions it has to see to.")
    done = serializers.IntegerField(help_text="How many it has seen to: the sum of the next four.")
    normal = serializers.IntegerField()
    expired = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Refreshed by somebody else meanwhile, or gone.")
    percent = serializers.IntegerField(help_text="100 once it has ended, and not before.")
    error = serializers.CharField(allow_null=True, help_text="Why it pauses, or did not see to all.")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class AttemptOut(Out):
    """One refresh of one session."""

    outcome = serializers.ChoiceField(
        choices=Outcome.choices, help_text="`interrupted`: the process died, and nobody knows what came of it."
    )
    error = serializers.CharField(allow_null=True)
    rotated = serializers.BooleanField(source="has_rotated", help_text="Whether the upstream gave a new token.")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    run_id = serializers.UUIDField()
    kind = serializers.ChoiceField(source="run.kind", choices=RunKind.choices)


class RunData(Out):
    """One run."""

    run = RunOut()


class RunAnswerOut(AnswerOut):
    """A run."""

    data = RunData()  # type: ignore[assignment]  # DRF takes the fields out of the class


class RunsData(Out):
    """A page of runs, the newest first."""

    runs = RunOut(many=True)
    total_count = serializers.IntegerField()


class RunsAnswerOut(AnswerOut):
    """Runs."""

    data = RunsData()  # type: ignore[assignment]  # DRF takes the fields out of the class


class HistoryData(Out):
    """A page of a session's attempts, the newest first."""

    email = serializers.EmailField()
    attempts = AttemptOut(many=True)
    total_count = serializers.IntegerField()


class HistoryAnswerOut(AnswerOut):
    """What was tried with a session."""

    data = HistoryData()  # type: ignore[assignment]  # DRF takes the fields out of the class
