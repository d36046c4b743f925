"""How an organization stands with the upstream."""

from django.db import models
from django.utils import timezone

from core.tenancy import TenantModel


class UpstreamStanding(TenantModel):
    """One row for each organization that has an upstream: whether it answers, and when it was last asked for what."""

    connected = models.BooleanField(null=True)
    error = models.TextField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(default=timezone.now)
    users_fetched_at = models.DateTimeField(null=True)
    next_users_fetch_at = models.DateTimeField(default=timezone.now)
    all_refreshed_at = models.DateTimeField(null=True)
    one_refreshed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["organization"], name="upstream_standing_one")]

    def __str__(self) -> str:
        return "connected" if self.connected else "not connected"
