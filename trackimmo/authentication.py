"""Which keys open TrackImmo."""

from accounts.authentication import ApiKeyAuthentication


class ClientKeyAuthentication(ApiKeyAuthentication):
    """`X-API-Key`: processing clients and reading what they were given."""

    header = "X-API-Key"
    scope = "trackimmo"
    required = False


class AdminKeyAuthentication(ApiKeyAuthentication):
    """`X-Admin-Key`: administration. `X-API-Key` is looked at too; it opens this only where no admin key is set."""

    header = "X-Admin-Key"
    scope = "trackimmo:admin"
    required = False

    def headers(self) -> list[str]:
        """The documented header first."""
        return [self.header, "X-API-Key"]
