"""Logging in, staying logged in, and logging out."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import selectors, tokens
from accounts.backends import EmailBackend
from accounts.errors import RefreshSuperseded, SessionEnded, TokenInvalid, WrongCredentials
from accounts.models import LoginSession, User
from accounts.services import attempts
from accounts.tokens import Claims, TokenPair
from audit import services as audit
from core import gate, tenancy
from core.actor import Actor, current_origin, origin_of
from core.addresses import parse_address
from core.errors import Invalid

logger = structlog.get_logger(__name__)

# Two tabs, or a retry after a lost answer, use one refresh token twice within moments; a thief comes later.
REUSE_GRACE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Login:
    """A login session that just began."""

    user: User
    tokens: TokenPair


def log_in(*, email: str, password: str) -> Login:
    """Open a login session.

    Raises WrongCredentials, whether the account is missing, closed or the password wrong, after about the same time;
    TooManyFailures; Unavailable if Redis, which counts failures, is down.
    """
    attempt = attempts.begin(account=email, address=current_origin().ip_address)
    user = EmailBackend().authenticate(None, username=email, password=password)
    if user is None:
        logger.info("login_failed")
        raise WrongCredentials
    attempt.succeeded()
    return open_session(user=user)


@transaction.atomic
def open_session(*, user: User) -> Login:
    """Open a login session of a user whose password was just checked. Raises WrongCredentials if that is outdated."""
    origin, session_id = current_origin(), uuid4()
    actor = user.as_actor(session_id=session_id)
    # Nobody was known until now, so this is the door at which the scope opens.
    with tenancy.scope(user.tenant_id), origin_of(replace(origin, actor=actor)):
        # A deactivation or a new password waits for us and then ends this session too, or came first and is seen.
        locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True).first()
        if locked is None or not locked.has_fingerprint(user.fingerprint):
            raise WrongCredentials
        pair = tokens.mint(user, session_id)
        session = LoginSession.objects.create(
            id=session_id,
            user=user,
            current_jti=pair.jti,
            expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME,
            ip_address=str(parse_address(origin.ip_address) or "") or None,
            user_agent=origin.user_agent,
        )
        User.objects.filter(pk=user.pk).update(last_login=Now())
        audit.record(action="login", resource_type="user", resource_id=user.pk)
    identity = selectors.identity_of_user(user)
    transaction.on_commit(lambda: gate.remember(session.identity_key, identity), robust=True)
    return Login(user, pair)


@transaction.atomic
def record_admin_login(*, user: User) -> None:
    """Record that a user logged in to the Django admin, whose cookie is no login session of ours."""
    with tenancy.scope(user.tenant_id), origin_of(replace(current_origin(), actor=user.as_actor())):
        audit.record(action="login", resource_type="user", resource_id=user.pk)


def refresh_session(*, refresh: str) -> TokenPair:
    """Exchange a refresh token for a new pair. Of requests that use one token at once, exactly one gets it.

    Raises TokenInvalid, SessionEnded, or RefreshSuperseded for those that lost the race. A token that was replaced
    earlier is in two hands, one of them a thief's: its whole login session ends.
    """
    claims = tokens.read_refresh(refresh)
    session = selectors.live_session(claims.session_id)
    if session is None or not _belongs(claims, session.user):
        raise SessionEnded
    pair = tokens.mint(session.user, session.pk)
    family = LoginSession.unscoped.filter(pk=session.pk, revoked_at=None)
    rotated = family.filter(current_jti=claims.jti, expires_at__gt=Now()).update(
        current_jti=pair.jti,
        previous_jti=claims.jti,
        rotated_at=Now(),
        expires_at=timezone.now() + settings.REFRESH_TOKEN_LIFETIME,
    )
    if rotated:
        return pair
    if family.filter(previous_jti=claims.jti, rotated_at__gt=Now() - REUSE_GRACE).exists():
        raise RefreshSuperseded
    logger.warning("refresh_token_reused", session_id=str(session.pk), user_id=str(session.user_id))
    with tenancy.scope(session.tenant_id):
        end_session(session=session)
    raise SessionEnded


def _belongs(claims: Claims, user: User) -> bool:
    return (
        claims.user_id == user.pk
        and claims.organization_id == user.organization_id
        and user.has_fingerprint(claims.fingerprint)
    )


@transaction.atomic
def end_session(*, session: LoginSession) -> None:
    """End a login session: neither its refresh token nor its access token opens anything any more."""
    if _revoke(LoginSession.objects.filter(pk=session.pk)):
        audit.record(action="revoke", resource_type="login_session", resource_id=session.pk)


@transaction.atomic
def log_out(*, actor: Actor, refresh: str | None = None) -> None:
    """End the caller's login session, and that of `refresh`, another token of his. Raises Invalid if it is none."""
    ended = [actor.session_id] if actor.session_id else []
    if refresh is not None:
        try:
            claims = tokens.read_refresh(refresh)
        except TokenInvalid as error:
            raise Invalid(fields={"refresh": [error.message]}) from error
        if claims.user_id != actor.user_id:
            raise Invalid(fields={"refresh": ["This token belongs to another login."]})
        ended.append(claims.session_id)
    if actor.user_id and _revoke(LoginSession.objects.filter(pk__in=ended, user_id=actor.user_id)):
        audit.record(action="logout", resource_type="user", resource_id=actor.user_id)


def _revoke(sessions: QuerySet[LoginSession]) -> int:
    return sessions.filter(revoked_at=None).update(revoked_at=timezone.now())


def purge_sessions() -> int:
    """Delete the login sessions that expired a month ago or earlier, of every organization. Returns how many."""
    # A plain query set (unscoped): nothing is cached any more that the model's own would have to make the gate forget.
    outdated: QuerySet[LoginSession] = QuerySet(LoginSession).filter(expires_at__lt=timezone.now() - timedelta(days=30))
    return outdated.delete()[0]
