"""What is known of the log's older part without reading it.

`profiles.services.segments` writes it, triggers keep it equal to the rows; see decision 11.
"""

from typing import ClassVar

from django.db import models

from core.tenancy import TenantModel
from profiles.models.browser_profile import LONGEST_NAME, BrowserProfile


class Tally(TenantModel):
    """How many records an organization has up to an id. Whoever corrects or closes its segments locks this row."""

    last_id = models.BigIntegerField()
    count = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["organization"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.count} up to {self.last_id}"


class Range(TenantModel):
    """All records of an organization between two ids, between which none can appear any more."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    # No record is outside; once records were deleted, none need be at the ends.
    earliest = models.DateTimeField()
    latest = models.DateTimeField()
    count = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        abstract = True
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "last_id"], name="%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.count} from {self.first_id} to {self.last_id}"


class Block(Range):
    """A short range, of which the count is known."""

    class Meta(Range.Meta):
        abstract = False


class Segment(Range):
    """A range of several blocks, of which the counts by profile and by day are known."""

    class Meta(Range.Meta):
        abstract = False


class ProfileCount(models.Model):
    """How many of a segment's records are of a profile; none, perhaps, once they were deleted."""

    pk = models.CompositePrimaryKey("segment", "profile")
    segment = models.ForeignKey(Segment, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    profile = models.ForeignKey(
        BrowserProfile, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )
    count = models.BigIntegerField()

    objects: ClassVar[models.Manager["ProfileCount"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.count} of {self.profile}"


class DayCount(models.Model):
    """How many of a segment's records are of an agent and a day, UTC; none, perhaps, once they were deleted."""

    pk = models.CompositePrimaryKey("segment", "day", "agent_name")
    segment = models.ForeignKey(Segment, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    day = models.DateField()
    agent_name = models.CharField(max_length=LONGEST_NAME)
    count = models.BigIntegerField()

    objects: ClassVar[models.Manager["DayCount"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.count} of {self.agent_name}, {self.day}"
