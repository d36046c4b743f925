"""Fixtures of the audit log's tests."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from audit.documents import AUDIT_LOGS
from core.testing.mongo import start_empty
from tests.accounts.conftest import admin_client
from tests.counting import counting


@pytest.fixture
def audit_logs():
    """The collection, as declared and empty, across organizations."""
    start_empty(AUDIT_LOGS)
    return AUDIT_LOGS.unscoped()


@pytest.fixture
def admin(ours, logged_in) -> APIClient:
    """An admin of ours: sees the whole log."""
    return logged_in(ours.admin)


@pytest.fixture
def client(ours, logged_in) -> APIClient:
    """A client of ours: sees what he did himself."""
    return logged_in(ours.client)


@pytest.fixture
def counted():
    """`with counted("GET audit-logs"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))


@pytest.fixture
def viewer(ours):
    """Staff without the role of an admin, in a browser."""
    User.unscoped.filter(pk=ours.agent.pk).update(is_staff=True)
    ours.agent.refresh_from_db()
    return admin_client(ours.agent)
