"""Keys, the connection and the state of it all."""

from rest_framework import serializers

from checkin.serializers.base import AnswerOut, CheckinErrorOut, Out
from checkin.serializers.sessions import UserOut


class AuthenticatedOut(Out):
    """Whether the key opens check-in."""

    authenticated = serializers.BooleanField()


class AuthTestOut(AnswerOut):
    """The key opens check-in."""

    data = AuthenticatedOut()  # type: ignore[assignment]  # DRF takes the fields out of the class


class AuthRefusedOut(CheckinErrorOut):
    """The key is missing or wrong."""

    data = AuthenticatedOut()  # type: ignore[assignment]  # DRF takes the fields out of the class


class StatusData(Out):
    """What the last check of the upstream found."""

    connected = serializers.BooleanField()
    checked_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_null=True, help_text="Why it is not connected, if it is not.")


class StatusAnswerOut(AnswerOut):
    """The connection."""

    data = StatusData()  # type: ignore[assignment]  # DRF takes the fields out of the class


class StoredData(Out):
    """What we have, and since when."""

    last_users_fetch = serializers.DateTimeField(allow_null=True)
    last_all_session_refresh = serializers.DateTimeField(allow_null=True)
    last_individual_session_refresh = serializers.DateTimeField(allow_null=True)
    autoCheckinUsers = UserOut(many=True)  # noqa: N815 -- the document's name


class StateData(Out):
    """The connection and what is stored."""

    connected = serializers.BooleanField()
    stored_data = StoredData()


class StateAnswerOut(AnswerOut):
    """The global state."""

    data = StateData()  # type: ignore[assignment]  # DRF takes the fields out of the class
