"""What Swagger says of the whole API."""

from drf_yasg import openapi

from core.version import VERSION

INFO = openapi.Info(
    title="Switchboard API",
    default_version=VERSION,
    description="One back office: browser profiles, check-in sessions, audit and messages, property sales, AI agents.",
)
