"""The cast of every test: an organization with its people, a program with its keys, and strangers next door."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
import redis
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client as Browser
from hypothesis import settings as examples
from rest_framework.test import APIClient

from accounts.models import Organization, Role, User
from core import tenancy
from core.redis import client as redis_client

PASSWORD = "switchboard-test"
# How long an example takes says how busy the machine is.
examples.register_profile("any machine", deadline=None)
examples.load_profile("any machine")
pytest_plugins = ["tests.emptying", "tests.mongo_commands", "tests.processes", "tests.upstream"]


@dataclass(frozen=True)
class Company:
    """An organization and one user of each role; `client` is an HTTP client of the role's user, logged in."""

    organization: Organization
    admin: User
    client: User
    agent: User


def make_company(name: str) -> Company:
    """Create an organization with a user of each role, all with the same password."""
    slug = name.lower()
    organization = Organization.objects.create(name=name, slug=slug)
    people = {
        role: User.unscoped.create_user(f"{role}@{slug}.test", PASSWORD, organization=organization, role=role)
        for role in Role.values
    }
    return Company(organization, people["admin"], people["client"], people["agent"])


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    """Limits, cached identities and messages of one test are nothing to the next."""
    redis_client().flushdb()
    broker_client().flushdb()


@pytest.fixture(autouse=True)
def _no_upstream(settings) -> None:
    """Check-in is switched off, but where a test asks for the `upstream`: workers would fetch its users and refresh."""
    settings.CHECKOUT_API_URL = settings.CHECKIN_URL = ""


@cache
def broker_client() -> redis.Redis:
    """The broker's database."""
    return redis.Redis.from_url(django_settings.CELERY_BROKER_URL)


@pytest.fixture(autouse=True)
def _fast_hasher(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ours(db) -> Company:
    """The organization that the environment's keys belong to."""
    return make_company("Demo")


@pytest.fixture
def theirs(db) -> Company:
    """The organization next door."""
    return make_company("Other")


@pytest.fixture
def in_scope(ours):
    """Run the test's own queries on behalf of our organization."""
    with tenancy.scope(ours.organization.pk):
        yield ours.organization


@pytest.fixture
def http() -> APIClient:
    """A caller without credentials."""
    return APIClient()


@pytest.fixture
def program(ours) -> APIClient:
    """A program with the environment's `X-API-Key`."""
    return APIClient(headers={"X-API-Key": "demo-api-key"})


@pytest.fixture
def operator(ours) -> APIClient:
    """An operator with the environment's `X-Admin-Key`."""
    return APIClient(headers={"X-Admin-Key": "demo-admin-key"})


@pytest.fixture
def gatekeeper(ours) -> APIClient:
    """A program with the environment's `x-checkout-key`."""
    return APIClient(headers={"x-checkout-key": "demo-checkout-key"})


@pytest.fixture
def logged_in() -> Callable[[User], APIClient]:
    """Log a user in over HTTP and return his client."""

    def log_in(user: User) -> APIClient:
        answer = APIClient().post("/api/v1/auth/login/", {"email": user.email, "password": PASSWORD}, format="json")
        assert answer.status_code == 200, answer.content
        return APIClient(headers={"Authorization": f"Bearer {answer.json()['access']}"})

    return log_in


@pytest.fixture
def staff(ours) -> Browser:
    """A browser in which a superuser of ours is logged in, in a process that knows its content types.

    A test that flushes the database makes the process forget them: a page's queries would depend on the test before.
    """
    ContentType.objects.get_for_models(*apps.get_models())
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save(update_fields=["is_staff", "is_superuser"])
    browser = Browser()
    browser.force_login(ours.admin)
    return browser
