"""What clients receive, in the language of each."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.mail import Mail, render
from trackimmo.models import City, Client, Property
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.notification import wording
from trackimmo.services.notification.links import client_headers, contact_url, unsubscribe_url
from trackimmo.services.notification.sales import sale_line


def welcome_mail(client: Client, *, cities: Iterable[City]) -> Mail:
    """What TrackImmo will do for a new client."""
    with translation.override(client.language):
        addresses = wording.addresses(client.addresses_per_report)
        send_day = wording.monthly_on(client.send_day)
        return _mail(
            client,
            "welcome",
            subject=_("Welcome to TrackImmo"),
            summary=f"{addresses}, {send_day}",
            cities=wording.listed_cities(city.name for city in cities),
            property_types=wording.listed_types(client.property_type_preferences),
            addresses=addresses,
            send_day=capfirst(send_day),
        )


def notification_mail(client: Client, *, sold: Iterable[Property]) -> Mail:
    """The sales that a client was just given, by city and date. Their cities must be loaded."""
    with translation.override(client.language):
        sorted_sales = sorted(sold, key=lambda one: (one.city.name, one.sale_date, one.pk))
        count = len(sorted_sales)
        return _mail(
            client,
            "notification",
            subject=ngettext("%(count)d new address for you", "%(count)d new addresses for you", count)
            % {"count": count},
            sales=[sale_line(one) for one in sorted_sales],
            cities=wording.listed_cities(dict.fromkeys(one.city.name for one in sorted_sales)),
        )


def reminder_mail(client: Client, *, cities: Iterable[City], due_on: date) -> Mail:
    """That the report comes on `due_on`: tomorrow, unless the reminder is late."""
    with translation.override(client.language):
        about = {
            "day": wording.weekday_and_date(due_on),
            "addresses": ngettext(
                "about %(count)d new address", "about %(count)d new addresses", client.addresses_per_report
            )
            % {"count": client.addresses_per_report},
            "cities": wording.listed_cities(city.name for city in cities),
        }
        is_tomorrow = due_on == today_in_paris() + timedelta(days=1)
        announcement = (
            _("Tomorrow, %(day)s, you receive %(addresses)s in your cities: %(cities)s.")
            if is_tomorrow
            else _("On %(day)s you receive %(addresses)s in your cities: %(cities)s.")
        )
        return _mail(
            client,
            "monthly",
            kind="client_reminder",
            subject=_("Your new addresses arrive on %(day)s") % about,
            announcement=announcement % about,
            day=wording.day_of_month(due_on),
            month=wording.month_name(due_on),
            addresses=capfirst(about["addresses"]),
            cities=about["cities"],
        )


def _mail(
    client: Client,
    template: str,
    *,
    subject: str,
    kind: str = "",
    **context: Any,  # noqa: ANN401 -- a template's own values
) -> Mail:
    url = unsubscribe_url(client)
    context |= {
        "client": client,
        "min_years": settings.MIN_PROPERTY_AGE_YEARS,
        "max_years": settings.MAX_PROPERTY_AGE_YEARS,
        "contact_url": contact_url(),
        "unsubscribe_url": url,
    }
    body = render(f"trackimmo/mail/{template}", language=client.language, subject=subject, context=context)
    return Mail(
        to=client.email,
        subject=subject.replace(wording.NO_BREAK_SPACE, " "),
        html=body.html,
        text=body.text,
        kind=kind or f"client_{template}",
        headers=client_headers(url),
    )
