"""Two keys, and a session whose token is encrypted with the first."""

import pytest
from cryptography.fernet import Fernet

from checkin.models import CheckinSession
from tests.core.secrets.stored import TOKEN


@pytest.fixture
def keys(settings) -> list[str]:
    """Two keys, of which only the first is in use."""
    made = [Fernet.generate_key().decode() for _ in range(2)]
    settings.ENCRYPTION_KEYS = made[0]
    return made


@pytest.fixture
def session(keys, in_scope) -> CheckinSession:
    """A session with a token, encrypted with the first key."""
    return CheckinSession.objects.create(email="alice@uni.test", token=TOKEN, listed_token=f"{TOKEN}-listed")
