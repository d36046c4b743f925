"""Which keys open the log."""

from accounts.authentication import ApiKeyAuthentication


class ProfilesKeyAuthentication(ApiKeyAuthentication):
    """`X-API-Key`, for programs; people come with a token."""

    header = "X-API-Key"
    scope = "profiles"
    required = False
