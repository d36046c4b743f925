"""Jobs that have ended, by how long ago. Times are on the database's clock."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from trackimmo.models import ACTIVE_JOB, ProcessingJob


def ended_jobs(*, older_than_days: int) -> QuerySet[ProcessingJob]:
    """The organization's jobs that completed or failed more than so many days ago."""
    return ProcessingJob.objects.filter(_ended(older_than_days))


def organizations_with_ended_jobs(*, older_than_days: int) -> Sequence[UUID]:
    """Which organizations have such jobs."""
    ended = ProcessingJob.unscoped.filter(_ended(older_than_days)).order_by()
    return list(ended.values_list("organization_id", flat=True).distinct())


def _ended(older_than_days: int) -> Q:
    return ~ACTIVE_JOB & Q(finished_at__lt=Now() - timedelta(days=older_than_days))
