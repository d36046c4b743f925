"""The log."""

from typing import ClassVar, Final

from django.db import models

from core.tenancy import TenantModel
from profiles.models.browser_profile import BrowserProfile

LONGEST_REASON: Final = 1000


class ClockTimestamp(models.Func):
    """What the database's clock says while the row is written, not when its transaction began."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class LoggedOutProfile(TenantModel):
    """That a browser profile was logged out. Ids are given in the order of arrival: the newest has the highest."""

    # No index of its own: those of lists and counts are with the organization.
    profile = models.ForeignKey(BrowserProfile, on_delete=models.PROTECT, related_name="logouts", db_index=False)
    timestamp = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    reason = models.CharField(max_length=LONGEST_REASON, null=True, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        db_table = "logged_out_profiles"
        verbose_name = "logged-out profile"
        ordering = ["-id"]
        indexes: ClassVar = [
            # Lists and counts that name no profile are read from this alone.
            models.Index(fields=["organization", "-id"], include=["profile", "timestamp"], name="logged_out_newest"),
            models.Index(fields=["profile", "-id"], include=["timestamp"], name="logged_out_of_profile"),
        ]

    def __str__(self) -> str:
        return f"{self.profile}, {self.timestamp:%Y-%m-%d %H:%M}"
