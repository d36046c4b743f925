"""The JSON web tokens of a login: simplejwt's token classes under keys that can be rotated."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self, cast
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.errors import TokenInvalid
from accounts.models import User
from accounts.signing_keys import parse_signing_keys

ALGORITHM: Final = "HS256"


class RotatingKeys(TokenBackend):
    """The first key signs and is named in the token's header; each key verifies the tokens that name it."""

    def __init__(self) -> None:
        super().__init__(ALGORITHM)

    def encode(self, payload: dict[str, Any]) -> str:
        kid, secret = next(iter(parse_signing_keys(settings.JWT_SIGNING_KEYS).items()))
        return jwt.encode(payload, secret, algorithm=ALGORITHM, headers={"kid": kid})

    def get_verifying_key(self, token: Any) -> str:  # noqa: ANN401 -- simplejwt says Token and passes the encoded one
        kid = jwt.get_unverified_header(token).get("kid", "")
        secret = parse_signing_keys(settings.JWT_SIGNING_KEYS).get(kid)
        if secret is None:
            raise jwt.InvalidTokenError("The token names no key of ours.")
        return secret


BACKEND: Final = RotatingKeys()


class SignedAccess(AccessToken):
    """What a request carries."""

    lifetime = settings.ACCESS_TOKEN_LIFETIME
    _token_backend = BACKEND


class SignedRefresh(RefreshToken):
    """What a new pair of tokens is asked for with. The login session keeps the `jti` of the one that is good."""

    lifetime = settings.REFRESH_TOKEN_LIFETIME
    _token_backend = BACKEND
    access_token_class = SignedAccess


@dataclass(frozen=True, slots=True)
class Claims:
    """What we read in a token: whose login it belongs to, and the state of the account it was made under."""

    user_id: UUID
    organization_id: UUID
    session_id: UUID
    fingerprint: str
    jti: UUID
    expires_at: datetime

    @classmethod
    def of(cls, token_class: type[Token], encoded: str) -> Self:
        """Verify `encoded` without any I/O. Raises TokenInvalid, whatever it is that does not hold."""
        try:
            token = token_class(cast(Token, encoded))  # simplejwt takes the encoded one, whatever its annotation says
            identifiers = [UUID(token[name]) for name in ("sub", "org", "sid", "jti")]
            user_id, organization_id, session_id, jti = identifiers
            expires_at = datetime.fromtimestamp(token["exp"], UTC)
            return cls(user_id, organization_id, session_id, str(token["fp"]), jti, expires_at)
        except (TokenError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise TokenInvalid from error


def read_access(encoded: str) -> Claims:
    """The claims of an access token. Raises TokenInvalid."""
    return Claims.of(SignedAccess, encoded)


def read_refresh(encoded: str) -> Claims:
    """The claims of a refresh token. Raises TokenInvalid."""
    return Claims.of(SignedRefresh, encoded)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A fresh refresh token, encoded, its `jti`, and the access token that goes with it."""

    access: str
    refresh: str
    jti: UUID


def mint(user: User, session_id: UUID) -> TokenPair:
    """Make a new pair of tokens for a login. The caller stores the `jti` in the login session."""
    refresh = SignedRefresh()
    refresh["sub"] = str(user.pk)
    refresh["org"] = str(user.organization_id)
    refresh["sid"] = str(session_id)
    refresh["fp"] = user.fingerprint
    access = refresh.access_token
    access["role"], access["email"], access["staff"] = user.role, user.email, user.is_staff
    return TokenPair(str(access), str(refresh), UUID(refresh["jti"]))
