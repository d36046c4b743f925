"""What a request was sent with, in the form in which `core.gate` confirms it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import selectors
from accounts.api_keys import EnvironmentKey, digest, environment_key
from accounts.errors import KeyInvalid, SessionEnded, TokenInvalid
from accounts.identity import api_key_identity_key, session_identity_key
from accounts.tokens import Claims, read_access
from core.actor import Actor
from core.gate import Credentials, Identity


@dataclass(frozen=True, slots=True)
class SessionCredentials:
    """An access token whose signature and expiry were verified."""

    claims: Claims
    is_proven: ClassVar[bool] = True

    @property
    def organization_id(self) -> UUID | None:
        return self.claims.organization_id

    @property
    def limit_subject(self) -> str:
        return f"user:{self.claims.user_id}"

    @property
    def identity_key(self) -> str:
        return session_identity_key(self.claims.session_id)

    def load(self) -> Identity | None:
        """Read the user and the session. Raises SessionEnded, for whatever reason."""
        identity = selectors.identity_of_session(self.claims.session_id)
        if identity is None:
            raise SessionEnded
        return identity

    def confirm(self, identity: Identity) -> Actor:
        claims = self.claims
        if claims.expires_at <= timezone.now():  # who stays connected is confirmed again and again
            raise TokenInvalid
        holds = (
            identity["user_id"] == str(claims.user_id)
            and identity["organization_id"] == str(claims.organization_id)
            and constant_time_compare(identity["fingerprint"], claims.fingerprint)
        )
        if not holds:
            raise SessionEnded
        return Actor(
            kind="user",
            organization_id=claims.organization_id,
            user_id=claims.user_id,
            role=identity["role"],
            email=identity["email"],
            is_staff=identity["is_staff"],
            session_id=claims.session_id,
            fingerprint=claims.fingerprint,
        )


@dataclass(frozen=True, slots=True)
class KeyCredentials:
    """An API key that may be one of the database's, for an endpoint that asks for `scope`, or for any."""

    secret_sha256: str
    scope: str | None
    is_proven: ClassVar[bool] = False
    organization_id: ClassVar[UUID | None] = None

    @property
    def limit_subject(self) -> str:
        return f"key:{self.secret_sha256[:16]}"

    @property
    def identity_key(self) -> str:
        return api_key_identity_key(self.secret_sha256)

    def load(self) -> Identity | None:
        """Read the key. Raises KeyInvalid if it is unknown or revoked."""
        identity = selectors.identity_of_api_key(self.secret_sha256)
        if identity is None:
            raise KeyInvalid
        return identity

    def confirm(self, identity: Identity) -> Actor:
        if identity["expires_at"] and datetime.fromisoformat(identity["expires_at"]) <= timezone.now():
            raise KeyInvalid("This API key has expired.")
        return _program(identity, identity["key_id"], frozenset(identity["scopes"]), self.scope)


@dataclass(frozen=True, slots=True)
class EnvironmentKeyCredentials:
    """A key that is in the environment, for an endpoint that asks for `scope`, or for any."""

    key: EnvironmentKey
    scope: str | None
    is_proven: ClassVar[bool] = True
    organization_id: ClassVar[UUID | None] = None

    @property
    def limit_subject(self) -> str:
        return f"key:environment:{self.key.name}"

    @property
    def identity_key(self) -> str:
        # Apart from the database's keys, so that a key taken out of the environment is not remembered as one.
        return f"identity:environment:{settings.API_KEY_ORGANIZATION}"

    def load(self) -> Identity | None:
        """Read which organization it belongs to. Raises KeyInvalid if there is none with that slug."""
        identity = selectors.identity_of_environment(settings.API_KEY_ORGANIZATION)
        if identity is None:
            raise KeyInvalid(f"The organization of this key does not exist: {settings.API_KEY_ORGANIZATION}.")
        return identity

    def confirm(self, identity: Identity) -> Actor:
        return _program(identity, f"environment:{self.key.name}", self.key.scopes, self.scope)


def _program(identity: Identity, key_id: str, scopes: frozenset[str], asked: str | None) -> Actor:
    if asked is not None and asked not in scopes:
        raise KeyInvalid(f"This API key does not open {asked}.")
    return Actor(kind="key", organization_id=UUID(identity["organization_id"]), key_id=key_id, scopes=scopes)


def of_access_token(encoded: str) -> Credentials:
    """The credentials in an access token. Raises TokenInvalid."""
    return SessionCredentials(read_access(encoded))


def of_api_key(secret: str, *, scope: str | None) -> Credentials:
    """The credentials in an API key, for an endpoint that asks for `scope`; None lets any key in."""
    if key := environment_key(secret):
        return EnvironmentKeyCredentials(key, scope)
    return KeyCredentials(digest(secret), scope)


def of_public(name: str, *, scope: str) -> Credentials:
    """What stands for none: a key without a secret, which opens `scope` in the organization of the environment's."""
    return EnvironmentKeyCredentials(EnvironmentKey(name, frozenset({scope})), scope)
