"""Users, who log in by e-mail."""

import uuid
from collections.abc import Sequence, Set
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.fields import LowercaseEmailField
from accounts.models.identity_source import IdentitySource, IdentitySourceQuerySet
from accounts.models.login_session import LoginSession
from accounts.models.organization import Organization
from core.actor import Actor
from core.scope import organization_in_scope


class Role(models.TextChoices):
    """What a user may do within the organization."""

    ADMIN = "admin"
    CLIENT = "client"
    AGENT = "agent"


class UserManager(BaseUserManager["User"].from_queryset(IdentitySourceQuerySet)):  # type: ignore[misc]
    """All users, across organizations: what login, sessions and `createsuperuser` need."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401
        """Create a user with a hashed password."""
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401
        """Create an administrator who may enter the Django admin."""
        return self.create_user(
            email, password, **{"role": Role.ADMIN, "is_staff": True, "is_superuser": True, **fields}
        )


class User(AbstractBaseUser, PermissionsMixin, IdentitySource):
    """A person who logs in by e-mail."""

    identity_fields = frozenset({"organization_id", "email", "role", "is_staff", "is_active", "password"})
    fields_that_end_sessions: ClassVar = frozenset({"organization_id", "is_active", "password"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # As every tenant's, but made without a scope it has none: Django's own checks make a user.
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        default=organization_in_scope,
        db_index=False,
    )
    email = LowercaseEmailField(unique=True, error_messages={"unique": "Another user has this e-mail address."})
    full_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.CLIENT)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may enter this site", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    unscoped: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta(IdentitySource.Meta):
        abstract = False
        ordering: ClassVar = ["email"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lowercase"),
        ]

    def __str__(self) -> str:
        return str(self.email)

    @property
    def fingerprint(self) -> str:
        """Changes with the password and with deactivation; a token that carries another one no longer holds."""
        state = f"{self.password}:{self.is_active}"
        return salted_hmac("accounts.fingerprint", state, algorithm="sha256").hexdigest()[:16]

    def has_fingerprint(self, fingerprint: str) -> bool:
        """Whether a token made under `fingerprint` still holds."""
        return constant_time_compare(self.fingerprint, fingerprint)

    def as_actor(self, *, session_id: uuid.UUID | None = None) -> Actor:
        """The caller that this user is."""
        return Actor(
            kind="user",
            organization_id=self.tenant_id,
            user_id=self.pk,
            role=self.role,
            email=self.email,
            is_staff=self.is_staff,
            session_id=session_id,
            fingerprint=self.fingerprint,
        )

    @classmethod
    def forget_identities(cls, rows: Sequence[Self], fields: Set[str]) -> None:
        """Forget them, and end the logins for good if the change is one that must: a password, a deactivation."""
        live = LoginSession.unscoped.filter(user__in=rows, revoked_at=None)
        if fields & cls.fields_that_end_sessions:
            live.update(revoked_at=timezone.now())
        else:
            LoginSession.forget_identities(list(live), fields)
