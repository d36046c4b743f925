"""What clients receive, in the language of each."""

from collections.abc import Iterable
from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trackimmo.models import City, Client, Property, PropertyType
from trackimmo.services.notification.mail import Mail
from trackimmo.services.notification.rendering import render
from trackimmo.services.notification.sales import TYPE_NAMES, sale_line
from trackimmo.services.notification.wording import listed, monthly_on, weekday_and_date

PARIS: Final = ZoneInfo("Europe/Paris")


def welcome_mail(client: Client, *, cities: Iterable[City]) -> Mail:
    """What TrackImmo will do for a new client."""
    with translation.override(client.language):
        return _mail(
            client,
            "welcome",
            subject=_("Welcome to TrackImmo"),
            cities=listed([city.name for city in cities]),
            property_types=listed([str(TYPE_NAMES[PropertyType(one)]) for one in client.property_type_preferences]),
            send_day=monthly_on(client.send_day),
        )


def notification_mail(client: Client, *, sold: Iterable[Property]) -> Mail:
    """The sales that a client was just given, by city and date. Their cities must be loaded."""
    with translation.override(client.language):
        sales = [sale_line(one) for one in sorted(sold, key=lambda one: (one.city.name, one.sale_date, one.pk))]
        subject = ngettext("%(count)d new address for you", "%(count)d new addresses for you", len(sales))
        return _mail(
            client,
            "notification",
            subject=subject % {"count": len(sales)},
            sales=sales,
            cities=listed(sorted({one.city for one in sales})),
        )


def reminder_mail(client: Client, *, cities: Iterable[City], due_on: date) -> Mail:
    """That the report comes, normally tomorrow."""
    with translation.override(client.language):
        day = weekday_and_date(due_on)
        return _mail(
            client,
            "monthly",
            kind="client_reminder",
            subject=_("Your new addresses arrive on %(day)s") % {"day": day},
            day=day,
            is_tomorrow=due_on == timezone.localdate(timezone=PARIS) + timedelta(days=1),
            cities=listed([city.name for city in cities]),
        )


def unsubscribe_url(client: Client) -> str:
    """A `mailto:` to our sender that says who wants no more mails."""
    _, address = parseaddr(settings.EMAIL_SENDER)
    return f"mailto:{address}?subject=unsubscribe%20{client.pk}"


def _mail(client: Client, template: str, *, subject: str, kind: str = "", **context: Any) -> Mail:  # noqa: ANN401 -- a template's own values
    context |= {
        "client": client,
        "min_years": settings.MIN_PROPERTY_AGE_YEARS,
        "max_years": settings.MAX_PROPERTY_AGE_YEARS,
        "unsubscribe_url": unsubscribe_url(client),
    }
    body = render(template, language=client.language, subject=subject, context=context)
    return Mail(
        to=client.email,
        subject=subject,
        html=body.html,
        text=body.text,
        kind=kind or f"client_{template}",
        headers={"List-Unsubscribe": f"<{unsubscribe_url(client)}>"},
    )
