"""Fixtures of the tests of accounts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client, TestCase
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import LoginSession, User
from core import gate
from core.outbox.models import OutboxEvent
from core.redis import client as redis_client
from tests.conftest import PASSWORD

ANYBODY = "/api/v1/auth/me/"


def committing() -> Any:
    """Run what waits for the commit of the block, as if there were no test's transaction around it."""
    return TestCase.captureOnCommitCallbacks(execute=True)


@dataclass(frozen=True)
class Device:
    """A browser or a phone that somebody is logged in with."""

    access: str
    refresh: str

    def get(self, path: str = ANYBODY) -> Any:
        with committing():
            return APIClient().get(path, headers={"Authorization": f"Bearer {self.access}"})

    def post(self, path: str, body: Any) -> Any:
        with committing():
            return APIClient().post(path, body, format="json", headers={"Authorization": f"Bearer {self.access}"})

    def renew(self) -> Any:
        """The answer to a refresh with this device's refresh token."""
        with committing():
            return APIClient().post("/api/v1/auth/refresh/", {"refresh": self.refresh}, format="json")

    def is_in(self) -> bool:
        """Whether the access token opens anything."""
        status: int = self.get().status_code
        assert status in {200, 401}
        return status == 200


def log_in(email: str, password: str = PASSWORD, **headers: str) -> Any:
    """The answer to a login."""
    body = {"email": email, "password": password}
    with committing():
        return APIClient().post("/api/v1/auth/login/", body, format="json", headers=headers)


def device_of(answer: Any) -> Device:
    """What a client keeps of an answer with tokens."""
    assert answer.status_code == 200, answer.content
    return Device(answer.json()["access"], answer.json()["refresh"])


def device_for(user: User, password: str = PASSWORD) -> Device:
    """A device that the user just logged in with."""
    return device_of(log_in(user.email, password))


def live_sessions(user: User) -> int:
    """How many login sessions of the user have not been revoked."""
    return LoginSession.unscoped.filter(user=user, revoked_at=None).count()


def audited() -> list[tuple[str, str, str]]:
    """(action, resource type, resource id) of what was recorded, oldest first."""
    events = OutboxEvent.unscoped.filter(topic="audit.entry").order_by("created_at")
    return [(one.payload["action"], one.payload["resource_type"], one.payload["resource_id"]) for one in events]


@pytest.fixture
def no_redis(settings) -> Iterator[None]:
    """A Redis that is not there."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_client.cache_clear()
    gate._script.cache_clear()
    yield
    redis_client.cache_clear()
    gate._script.cache_clear()


class CountingHasher(hashers.MD5PasswordHasher):
    """Counts how often a password is hashed, which is what a login's time consists of."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def counting_hasher(settings) -> type[CountingHasher]:
    settings.PASSWORD_HASHERS = ["tests.accounts.conftest.CountingHasher"]
    CountingHasher.hashed = 0
    return CountingHasher


@pytest.fixture
def boss(ours) -> User:
    """A superuser of our organization."""
    return User.unscoped.create_superuser("boss@demo.test", PASSWORD, organization=ours.organization)


@pytest.fixture
def staff(ours) -> User:
    """Our organization's admin, who may enter the Django admin."""
    User.unscoped.filter(pk=ours.admin.pk).update(is_staff=True)
    ours.admin.refresh_from_db()
    return ours.admin


def admin_client(user: User) -> Client:
    """A browser in which the user is logged in to the Django admin."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def viewer(ours) -> User:
    """Staff without the role of an admin."""
    User.unscoped.filter(pk=ours.agent.pk).update(is_staff=True)
    ours.agent.refresh_from_db()
    return ours.agent


def page(model: Any, name: str = "changelist", *args: Any) -> str:
    """The path of one of a model's pages in the Django admin."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def text_of(answer: Any) -> str:
    """What a page says."""
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
