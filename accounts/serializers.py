"""Bodies of the login API."""

from typing import Final

from rest_framework import serializers

from accounts.models import Organization, Role, User
from core.serializers import StrictSerializer

MAX_PASSWORD_LENGTH: Final = 256
MAX_TOKEN_LENGTH: Final = 4096


class PasswordField(serializers.CharField):
    """A password as it was typed, blanks included."""

    def __init__(self) -> None:
        super().__init__(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, style={"input_type": "password"})


class LoginIn(StrictSerializer):
    """Who logs in."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField()


class RefreshIn(StrictSerializer):
    """The refresh token to exchange."""

    refresh = serializers.CharField(max_length=MAX_TOKEN_LENGTH)


class LogoutIn(StrictSerializer):
    """Another login to end with this one, by its refresh token."""

    refresh = serializers.CharField(max_length=MAX_TOKEN_LENGTH, required=False)


class PasswordIn(StrictSerializer):
    """A change of password."""

    old_password = PasswordField()
    new_password = PasswordField()


class OrganizationOut(serializers.ModelSerializer[Organization]):
    """The organization of a user."""

    class Meta:
        model = Organization
        fields = ("id", "name", "slug")


class AccountOut(serializers.ModelSerializer[User]):
    """Whoever is logged in."""

    role = serializers.ChoiceField(choices=Role.choices)
    organization = OrganizationOut()

    class Meta:
        model = User
        fields = ("id", "email", "full_name", "role", "organization")


class TokensOut(serializers.Serializer[dict[str, object]]):
    """A pair of tokens; `expires_in` are seconds until the access token ends."""

    success = serializers.BooleanField()
    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()


class LoginOut(TokensOut):
    """A pair of tokens, and whose they are."""

    user = AccountOut()


class MeOut(serializers.Serializer[dict[str, object]]):
    """Whoever is logged in."""

    success = serializers.BooleanField()
    user = AccountOut()


class MessageOut(serializers.Serializer[dict[str, object]]):
    """That it was done."""

    success = serializers.BooleanField()
    message = serializers.CharField()
