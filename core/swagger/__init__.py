"""What Swagger says of the whole API."""

from drf_yasg import openapi

from core.version import VERSION

INFO = openapi.Info(
    title="Switchboard API",
    default_version=VERSION,
    description=(
        "A company's back office: past property sales for real-estate clients, the log of profiles that got logged out,"
        " users' check-in sessions, AI agents that call customers at the times agreed with them, WhatsApp messages and"
        " campaigns, the metrics and the audit log of it all, and who may ask for it."
    ),
)
