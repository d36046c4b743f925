"""What PostgreSQL knows of the log in MongoDB, so that nobody who can write to one of them alone can change the log."""

import uuid
from typing import Any, ClassVar, Self, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit import checkpoints
from audit.chain import NO_HASH
from audit.documents import AuditLog
from core.tenancy import TenantModel, current_organization_id


class Chain(TenantModel):
    """How far an organization's log goes: `size` entries were written, of which the last has the hash `head`.

    Whoever appends holds this row's lock. Entries up to `sealed_size` were deleted when their time had come: the last
    of them had the hash `sealed_hash`. The regular verification has come as far as `watched_size`, and has found that
    the entry `first_bad_seq` is not as written.
    """

    organization = models.OneToOneField(
        "accounts.Organization",
        on_delete=models.PROTECT,
        default=current_organization_id,
        related_name="+",
        editable=False,
    )
    size = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=NO_HASH)
    sealed_size = models.PositiveBigIntegerField(default=0)
    sealed_hash = models.CharField(max_length=64, default=NO_HASH)
    watched_size = models.PositiveBigIntegerField(default=0)
    first_bad_seq = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        db_table = "audit_chain"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sealed_size__lte=models.F("size")), name="audit_sealed_was_written")
        ]

    def __str__(self) -> str:
        return f"{self.size} entries"


class Checkpoint(TenantModel):
    """A signed statement: the log had `size` entries at that time, and the last of them had the hash `root`.

    `kind` is "seal" of one after which the entries up to it are deleted, and else "head". `signature` is Ed25519's in
    hex, over what `audit.checkpoints` says, by the key whose id is `key_id`. The same statement stands in
    AUDIT_CHECKPOINTS_FILE and in every export.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=[("head", "Head"), ("seal", "Seal")], default="head")
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        abstract = False
        db_table = "audit_checkpoint"
        ordering: ClassVar = ["-size"]
        constraints: ClassVar = [
            models.UniqueConstraint("organization", "size", "kind", name="audit_checkpoint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.size}"

    @classmethod
    def of(cls, checkpoint: checkpoints.Checkpoint) -> Self:
        """The row of a checkpoint, not saved."""
        statement = checkpoint.statement
        return cls(
            organization_id=statement.organization_id,
            kind=statement.kind,
            size=statement.size,
            root=statement.root,
            key_id=statement.key_id,
            signature=checkpoint.signature,
            created_at=statement.created_at,
        )

    @property
    def signed(self) -> checkpoints.Checkpoint:
        """What the row says, with its signature."""
        statement = checkpoints.Statement(
            kind=self.kind,
            organization_id=cast(uuid.UUID, self.organization_id),
            size=self.size,
            root=self.root,
            created_at=self.created_at,
            key_id=self.key_id,
        )
        return checkpoints.Checkpoint(statement, self.signature)


class NoRows(models.Manager["Entry"]):
    """There is no table: whoever asks it for rows gets none."""

    def get_queryset(self) -> models.QuerySet["Entry"]:
        return super().get_queryset().none()


class Entry(models.Model):
    """An entry of the log as the Django admin's pages show it. The log is in MongoDB: see `audit.documents`."""

    id = models.UUIDField(primary_key=True, editable=False)
    seq = models.PositiveBigIntegerField("number")
    created_at = models.DateTimeField("time")
    action = models.TextField()
    resource_type = models.TextField()
    resource_id = models.TextField()
    user_id = models.UUIDField("id of the user", null=True)
    key_id = models.TextField("key", null=True)
    changes = models.JSONField()
    ip_address = models.TextField("IP address", null=True)
    user_agent = models.TextField()
    request_id = models.TextField("request")
    prev_hash = models.TextField("hash of the entry before")
    hash = models.TextField()

    # What a page tells of it in words.
    line: Any = None

    objects: ClassVar[NoRows] = NoRows()

    class Meta:
        managed = False
        default_permissions = ("view",)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.seq}: {self.action} {self.resource_type}"

    @classmethod
    def of(cls, document: AuditLog) -> Self:
        """The entry that this document is."""
        known = {field.name for field in cls._meta.concrete_fields}
        return cls(id=document["_id"], **{name: value for name, value in document.items() if name in known})
