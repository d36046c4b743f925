"""Writing the demonstration's data. Idempotent: what is there stays as somebody may have changed it since."""

import tempfile
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Role, User
from core import tenancy
from demo import data
from demo.agents import seed_agents
from demo.messages import seed_messages
from demo.metrics import seed_metrics
from demo.profiles import seed_log
from trackimmo import services as trackimmo
from trackimmo.dvf.sample import write_sample
from trackimmo.models import City, Client, Property


def seed() -> None:
    """Create the demonstration's organizations, people, logs, AI agents, sales, clients and conversations.

    Those that are there stay as they are.
    """
    for organization in (data.DEMO, data.OTHER):
        _seed_people(organization)
        with tenancy.scope(accounts.ensure_organization(slug=organization.slug, name=organization.name).pk):
            seed_log(records=data.LOGOUTS[organization.slug], seed=data.SALES_SEED)
            creator = next(user.email for user in organization.users if user.role == Role.ADMIN)
            seed_agents(data.AGENTS[organization.slug], creator=creator, seed=data.SALES_SEED)
    with tenancy.scope(accounts.ensure_organization(slug=data.DEMO.slug, name=data.DEMO.name).pk):
        if not Property.objects.exists() or not _known_cities().keys() >= _wanted_cities():
            _seed_sales()
        _seed_clients()
        seed_messages(slug=data.DEMO.slug, seed=data.SALES_SEED)
        seed_metrics(seed=data.SALES_SEED)


def _wanted_cities() -> set[str]:
    """The codes of the cities that the clients choose."""
    return {code for client in data.CLIENTS for code in client.cities}


def _known_cities() -> dict[str, City]:
    """Cities by every code they have or had: somebody may have imported sales and mergers of communes before."""
    return {code: city for city in City.objects.all() for code in (city.insee_code, *city.former_codes)}


@transaction.atomic
def _seed_people(organization: data.DemoOrganization) -> None:
    row = accounts.ensure_organization(slug=organization.slug, name=organization.name)
    with tenancy.scope(row.pk):
        for user in organization.users:
            if not User.unscoped.filter(email__iexact=user.email).exists():
                accounts.create_user(
                    email=user.email,
                    password=data.PASSWORD,
                    full_name=user.full_name,
                    role=Role(user.role),
                    is_staff=user.is_staff,
                    is_superuser=user.is_staff,
                )


def _seed_sales() -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "sales.csv"
        write_sample(path, lines=data.SALES_LINES, seed=data.SALES_SEED, cities=data.SALES_CITIES)
        trackimmo.import_sales(path)


@transaction.atomic
def _seed_clients() -> None:
    cities = _known_cities()
    for client in data.CLIENTS:
        row, is_new = Client.objects.get_or_create(
            id=client.id,
            defaults={
                "first_name": client.first_name,
                "last_name": client.last_name,
                "email": client.email,
                "property_type_preferences": list(client.property_types),
                "subscription_type": client.subscription_type,
                "addresses_per_report": client.addresses_per_report,
                "send_day": client.send_day,
                "language": client.language,
                "welcomed_at": timezone.now(),
            },
        )
        if is_new:
            row.chosen_cities.set(cities[code] for code in client.cities)
