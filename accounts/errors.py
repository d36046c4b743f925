"""What can go wrong with logins, sessions and keys."""

from core.errors import Conflict, Invalid, RateLimited, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The e-mail address or the password is wrong, or the account is closed: the caller cannot tell which."""

    code = "wrong_credentials"
    default_message = "Wrong e-mail address or password."


class TooManyFailures(RateLimited):
    """Too many failed logins for this account, existing or not, or from this address."""

    code = "too_many_failed_logins"


class TokenInvalid(Unauthenticated):
    """The token is malformed, expired, of the wrong type, or not signed by us."""

    code = "token_invalid"
    default_message = "The token is invalid or has expired."


class SessionEnded(Unauthenticated):
    """The login that the token belongs to has ended."""

    code = "session_ended"
    default_message = "This login has ended. Log in again."


class RefreshSuperseded(Unauthenticated):
    """Another request used the same refresh token a moment ago and won; the login itself goes on."""

    code = "refresh_superseded"
    default_message = "This refresh token was used a moment ago. Use the one that was answered then."


class KeyInvalid(Unauthenticated):
    """The API key is unknown, revoked or expired, or does not open what was asked for."""

    code = "api_key_invalid"
    default_message = "Invalid API key."


class WrongPassword(Invalid):
    """The old password is wrong."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(fields={"old_password": ["This is not your password."]})


class WeakPassword(Invalid):
    """The new password does not meet the rules."""

    code = "weak_password"


class EmailTaken(Conflict):
    """Another user has this e-mail address."""

    code = "email_taken"
    default_message = "Another user has this e-mail address."
