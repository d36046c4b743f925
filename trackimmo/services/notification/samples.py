"""Every mail with made-up people and sales, to look at and to try the mail server with. Nothing is read or stored."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from django.conf import settings

from core.mail import Mail
from trackimmo.models import City, Client, ProcessingJob, Property, PropertyType
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.notification.client_mails import notification_mail, reminder_mail, welcome_mail
from trackimmo.services.notification.operator_mails import config_mail, error_mail, insufficient_mail

NOBODY: Final = UUID(int=0)
CLIENT_EMAIL: Final = "camille.moreau@agence.example"
OPERATOR_EMAIL: Final = "cto@trackimmo.example"
ACCEPTED_AT: Final = datetime(2027, 2, 1, 8, 0, 2, tzinfo=UTC)


class MailTemplate(StrEnum):
    """Our mails, by the names that administrators know them by."""

    CONFIG = "config"
    WELCOME = "welcome"
    NOTIFICATION = "notification"
    MONTHLY = "monthly"
    INSUFFICIENT = "insufficient"
    ERROR = "error"

    @property
    def is_for_clients(self) -> bool:
        """Whether clients get it, each in his language. Operators read English."""
        return self in {MailTemplate.WELCOME, MailTemplate.NOTIFICATION, MailTemplate.MONTHLY}


def sample_mail(language: str, *, template: MailTemplate, to: str) -> Mail:
    """That mail, with sample data, to that address, and in that language if it is for clients."""
    client = _client(to if template.is_for_clients else CLIENT_EMAIL, language)
    match template:
        case MailTemplate.CONFIG:
            return config_mail(to=to)
        case MailTemplate.WELCOME:
            return welcome_mail(client, cities=_cities())
        case MailTemplate.NOTIFICATION:
            return notification_mail(client, sold=_sales())
        case MailTemplate.MONTHLY:
            return reminder_mail(client, cities=_cities(), due_on=today_in_paris() + timedelta(days=1))
        case MailTemplate.INSUFFICIENT:
            return insufficient_mail(client, to=to, cities=_cities(), requested_count=10, assigned_count=4)
        case MailTemplate.ERROR:
            return error_mail(
                _job(client),
                to=to,
                error_message=f"Client {client.pk} has no chosen cities",
                failed_at=ACCEPTED_AT + timedelta(seconds=3),
            )


def _client(email: str, language: str) -> Client:
    return Client(
        id=uuid5(NOBODY, "client"),
        organization_id=NOBODY,
        first_name="Camille",
        last_name="Moreau",
        email=email,
        property_type_preferences=["house", "apartment"],
        addresses_per_report=10,
        send_day=1,
        language=language,
    )


def _cities() -> Sequence[City]:
    return [_city("Annecy", "74010", "74000"), _city("Chambéry", "73065", "73000"), _city("Lyon", "69123", "69003")]


def _city(name: str, insee_code: str, postal_code: str) -> City:
    return City(
        id=uuid5(NOBODY, insee_code),
        organization_id=NOBODY,
        name=name,
        insee_code=insee_code,
        postal_code=postal_code,
    )


def _sales() -> Sequence[Property]:
    annecy, chambery, lyon = _cities()
    return [
        _sale(annecy, "14 RUE DES MARQUISATS", date(2019, 3, 1), price=412_000, surface=84, rooms=4),
        _sale(annecy, "3 CHEMIN DES CLOCHES", date(2019, 9, 17), price=785_500, surface=152, rooms=6, kind="house"),
        _sale(chambery, "27 FAUBOURG MONTMELIAN", date(2019, 5, 22), price=168_900, surface=61, rooms=3),
        _sale(chambery, "5 IMPASSE DU VERGER", date(2020, 1, 8), price=96_000, land=1_240, kind="land"),
        _sale(lyon, "118 COURS ALBERT THOMAS", date(2018, 12, 6), price=298_000, surface=47, rooms=2),
        _sale(lyon, "9 B RUE DU LIEUTENANT COLONEL PREVOST", date(2019, 11, 1), price=1_150_000, surface=168, rooms=6),
    ]


def _sale(
    city: City,
    address: str,
    sold_on: date,
    *,
    price: int,
    surface: int | None = None,
    rooms: int | None = None,
    land: int | None = None,
    kind: str = PropertyType.APARTMENT,
) -> Property:
    return Property(
        id=uuid5(NOBODY, address),
        organization_id=NOBODY,
        city=city,
        postal_code=city.postal_code,
        address_raw=address,
        property_type=kind,
        sale_date=sold_on,
        price=price,
        surface=surface,
        rooms=rooms,
        land_surface=land,
    )


def _job(client: Client) -> ProcessingJob:
    return ProcessingJob(
        id=uuid5(NOBODY, "job"),
        organization_id=NOBODY,
        client=client,
        requested_count=client.addresses_per_report,
        attempt_count=settings.MAX_JOB_RETRIES,
        created_at=ACCEPTED_AT,
        request_id="4be2a8f0-5d0c-4a52-9a0e-6f7a0a4f2d11",
    )
