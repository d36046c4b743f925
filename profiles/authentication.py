"""Which keys open the log, and what is open without."""

from django.conf import settings

from accounts.authentication import ApiKeyAuthentication, WithoutCredentials


class ProfilesKeyAuthentication(ApiKeyAuthentication):
    """`X-API-Key`, for programs; people come with a token."""

    header = "X-API-Key"
    scope = "profiles"
    required = False


class PublicReporting(WithoutCredentials):
    """Nothing, for old scripts, where PROFILES_PUBLIC_INGEST says so."""

    scope = "profiles"

    def is_open(self) -> bool:
        """As the setting says."""
        return settings.PROFILES_PUBLIC_INGEST
