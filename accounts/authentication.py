"""How requests say who is calling. Other apps may import this module, as they may `services` and `selectors`:

    class ClientKey(ApiKeyAuthentication):
        header = "X-API-Key"
        scope = "trackimmo"

An authenticator parses and verifies; `core.gate` confirms what it returns, together with the limits.
"""

from collections.abc import Sequence
from typing import ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import credentials
from accounts.errors import TokenInvalid
from core.addresses import network_of
from core.errors import Unauthenticated
from core.gate import Credentials


class BearerTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`."""

    def authenticate(self, request: Request) -> tuple[Credentials, None] | None:
        """Verify the token. None without one, so that the next authenticator is asked. Raises TokenInvalid."""
        scheme, _, encoded = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not encoded:
            raise TokenInvalid("The Authorization header holds no token.")
        return credentials.of_access_token(encoded.strip()), None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 challenges with."""
        return 'Bearer realm="api"'


class ApiKeyAuthentication(BaseAuthentication):
    """An API key in `header` that opens `scope`. A view that takes other credentials too sets `required = False`.

    With None for a scope any key is let in: the view looks at the actor's scopes itself.
    """

    header: ClassVar[str]
    scope: ClassVar[str | None]
    required: ClassVar[bool] = True

    def headers(self) -> Sequence[str]:
        """The headers to look into, in this order."""
        return [self.header]

    def authenticate(self, request: Request) -> tuple[Credentials, None] | None:
        """Take the key of the first header that is there. Raises Unauthenticated if one is required and missing."""
        for header in self.headers():
            if secret := request.headers.get(header):
                return credentials.of_api_key(secret, scope=self.scope), None
        if self.required:
            raise Unauthenticated(f"Missing API key: send it in the {self.header} header.")
        return None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 challenges with."""
        return f'ApiKey header="{self.header}"'


class WithoutCredentials(BaseAuthentication):
    """For an endpoint that may be open: callers who show nothing at all are programs of the environment's organization.

    Whoever shows credentials, of whatever kind, is judged by them. Name it last; `is_open` says whether it is.
    """

    scope: ClassVar[str]
    shown_in: ClassVar[Sequence[str]] = ("Authorization", "X-API-Key", "X-Admin-Key", "X-Checkout-Key")

    def is_open(self) -> bool:
        """Whether the endpoint is open now. Not unless a subclass says so."""
        return False

    def authenticate(self, request: Request) -> tuple[Credentials, None] | None:
        """A program named after its address, so that strangers share neither limits nor remembered answers."""
        if not self.is_open() or any(header in request.headers for header in self.shown_in):
            return None
        address = network_of(request.META.get("REMOTE_ADDR"))
        return credentials.of_public(f"public@{address}", scope=self.scope), None
