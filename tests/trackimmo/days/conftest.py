"""A day in May, somebody who gets his report on it, and somebody who is reminded."""

import pytest
import time_machine

from tests.trackimmo.days.daily import TENTH, Worker, in_paris
from tests.trackimmo.factories import ClientFactory
from trackimmo.models import Client
from trackimmo.services.days import working


@pytest.fixture
def clock():
    """It is nine o'clock in Paris on 10 May 2027, and stays so; `move_to` another time."""
    with time_machine.travel(TENTH, tick=False) as clock:
        yield clock


@pytest.fixture
def worker(clock, monkeypatch) -> Worker:
    """Does what the workers are asked to do, and leaves the jobs it opens to others."""
    monkeypatch.setattr(working, "run_job", lambda **_: True)
    return Worker(monkeypatch)


@pytest.fixture
def due_today(clock, city) -> Client:
    """Somebody whose report is due."""
    return ClientFactory(email="today@agence.test", cities=[city], send_day=10, created_at=in_paris("2027-01-01"))


@pytest.fixture
def due_tomorrow(clock, city) -> Client:
    """Somebody who is to be reminded."""
    return ClientFactory(email="tomorrow@agence.test", cities=[city], send_day=11)
