"""Fixtures of the audit log's tests."""

import pytest

from audit.documents import AUDIT_LOGS
from core.testing.mongo import start_empty


@pytest.fixture
def audit_logs():
    """The collection, as declared and empty, across organizations."""
    start_empty(AUDIT_LOGS)
    return AUDIT_LOGS.unscoped()
