"""What clients receive."""

from collections.abc import Sequence
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from core import mail
from trackimmo.models import Client, Property
from trackimmo.services.notification.rendering import render
from trackimmo.services.notification.sales import sale_line


def queue_client_notification(*, client: Client, assignment_ids: Sequence[UUID]) -> UUID:
    """Tell the client which sales were just assigned to him. Call it in the transaction that assigns them."""
    sold = Property.objects.filter(assignments__in=assignment_ids).select_related("city")
    with translation.override(client.language):
        sales = [sale_line(one) for one in sold.order_by("city__name", "sale_date", "id")]
        subject = ngettext("%(count)d new address for you", "%(count)d new addresses for you", len(sales)) % {
            "count": len(sales)
        }
    context = {
        "client": client,
        "sales": sales,
        "cities": sorted({one.city for one in sales}),
        "min_years": settings.MIN_PROPERTY_AGE_YEARS,
        "max_years": settings.MAX_PROPERTY_AGE_YEARS,
        "unsubscribe_url": unsubscribe_url(client),
    }
    body = render("notification", language=client.language, subject=subject, context=context)
    return mail.queue(
        to=client.email,
        subject=subject,
        html=body.html,
        text=body.text,
        headers={"List-Unsubscribe": f"<{unsubscribe_url(client)}>"},
        kind="client_notification",
    )


def unsubscribe_url(client: Client) -> str:
    """A `mailto:` to our sender that says who wants no more mails."""
    _, address = parseaddr(settings.EMAIL_SENDER)
    return f"mailto:{address}?subject=unsubscribe%20{client.pk}"
