"""The names that records are about."""

from typing import ClassVar, Final

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from core.tenancy import TenantModel

LONGEST_NAME: Final = 255


class BrowserProfile(TenantModel):
    """An agent's browser profile. It is written down once, however often it is logged out.

    Records number millions, names thousands: what is searched and counted by name is searched and counted here first.
    """

    agent_name = models.CharField(max_length=LONGEST_NAME)
    profile_name = models.CharField(max_length=LONGEST_NAME)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["agent_name", "profile_name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "agent_name", "profile_name"], name="browser_profile_once")
        ]
        indexes: ClassVar = [
            GinIndex(
                fields=["agent_name", "profile_name"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="browser_profile_search",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_name} of {self.agent_name}"
