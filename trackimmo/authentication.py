"""Which keys open TrackImmo."""

from django.conf import settings

from accounts.authentication import ApiKeyAuthentication


class ClientKeyAuthentication(ApiKeyAuthentication):
    """`X-API-Key`: processing clients and reading what they were given."""

    header = "X-API-Key"
    scope = "trackimmo"
    required = False


class AdminKeyAuthentication(ApiKeyAuthentication):
    """`X-Admin-Key`: administration. Only where the environment has no admin key, `X-API-Key` is looked at too."""

    header = "X-Admin-Key"
    scope = "trackimmo:admin"
    required = False

    def headers(self) -> list[str]:
        """The documented header, and what it falls back to."""
        return [self.header] if settings.ADMIN_API_KEY else [self.header, "X-API-Key"]
