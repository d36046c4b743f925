"""Keys and the connection."""

from rest_framework import serializers

from checkin.serializers.base import AnswerOut, CheckinErrorOut, Out


class AuthenticatedOut(Out):
    """Whether the key opens check-in."""

    authenticated = serializers.BooleanField()


class AuthTestOut(AnswerOut):
    """The key opens check-in."""

    data = AuthenticatedOut()  # type: ignore[assignment]  # DRF takes the fields out of the class


class AuthRefusedOut(CheckinErrorOut):
    """The key is missing or wrong."""

    data = AuthenticatedOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
