"""Where the mails' links lead."""

from email.utils import parseaddr
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from core.mail import absolute_url
from trackimmo.models import Client

# A salt of its own: no other signature of ours is a token, and no token is any other signature.
SALT: Final = "trackimmo.unsubscribe"


def unsubscribe_url(client: Client) -> str:
    """The page where the client ends our mails, without a login and for as long as the mail is kept."""
    return absolute_url("unsubscribe", unsubscribe_token(client))


def unsubscribe_token(client: Client) -> str:
    """The client's id and organization, signed."""
    return Signer(salt=SALT).sign(f"{client.organization_id}.{client.pk}")


def client_of_token(token: str) -> tuple[UUID, UUID] | None:
    """The ids of the organization and the client that a token names, or None if we did not sign it."""
    try:
        organization_id, client_id = Signer(salt=SALT).unsign(token).split(".")
    except BadSignature:
        return None
    return UUID(organization_id), UUID(client_id)


def client_headers(url: str) -> dict[str, str]:
    """The headers of a mail to a client: how to end them (RFC 2369), at one click (RFC 8058), and whom to answer."""
    headers = {
        "List-Unsubscribe": f"<{url}>, <mailto:{_contact()}?subject={quote(_('Unsubscribe'))}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if settings.CONTACT_EMAIL != settings.EMAIL_SENDER:
        headers["Reply-To"] = settings.CONTACT_EMAIL
    return headers


def contact_url() -> str:
    """A mail to us, with the subject in the active language."""
    return f"mailto:{_contact()}?subject={quote(_('Change my choices'))}"


def _contact() -> str:
    return parseaddr(settings.CONTACT_EMAIL)[1]
