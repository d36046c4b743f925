"""The answers kept for repeated requests."""

import uuid

from django.db import models
from django.utils import timezone

from core.tenancy import TenantModel


class IdempotentAnswer(TenantModel):
    """The first answer to one caller's request with one key. `status` is null only within its transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint("organization", "caller", "key", name="idempotent_answer_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.caller}"
