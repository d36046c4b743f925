"""Fixtures of the audit log's tests."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from audit.documents import AUDIT_LOGS
from core.testing.mongo import start_empty
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
