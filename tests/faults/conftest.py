"""What the fault drills have in common: clients to process, and a log to write to."""

from collections.abc import Callable, Iterator

import pytest

from audit.documents import AUDIT_LOGS
from core.testing.mongo import start_empty
from tests.faults.open_data import OpenDataServer, serving
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Client

ADDRESSES = 5


@pytest.fixture(autouse=True)
def _what_is_there_is_enough(settings) -> None:
    """No job fetches sales, but where a test asks for it."""
    settings.MIN_PROPERTIES_PER_CITY = 0


@pytest.fixture(autouse=True)
def _empty_audit_log() -> None:
    start_empty(AUDIT_LOGS)


@pytest.fixture
def impatient(monkeypatch) -> None:
    """The processes started hereafter notice within seconds that one of them died, and no job is given up."""
    for name, value in {"JOB_LEASE_SECONDS": "2", "OUTBOX_LEASE_SECONDS": "2", "MAX_JOB_RETRIES": "50"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def quick(monkeypatch, tmp_path) -> None:
    """The processes started hereafter lose patience with publishers soon, try again soon, and never give up."""
    chosen = {
        "OPEN_DATA_TIMEOUT_SECONDS": "1",
        "OPEN_DATA_QUIET_SECONDS": "1",
        "JOB_BACKOFF_SECONDS": "0",
        "MAX_JOB_RETRIES": "50",
        "DVF_CACHE_DIR": str(tmp_path / "downloads"),
    }
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def open_data(settings) -> Iterator[OpenDataServer]:
    """The publishers of communes and sales; what they do wrong is the test's choice."""
    with serving() as server:
        settings.GEO_API_URL, settings.DVF_BASE_URL = f"http://{server.host}/geo", f"http://{server.host}/dvf"
        yield server


@pytest.fixture
def processed_clients(in_scope) -> Callable[[int], list[Client]]:
    """So many clients in a city with enough sales, each with a job that waits for a worker."""

    def make(number: int) -> list[Client]:
        city = CityFactory()
        PropertyFactory.create_batch(6 * ADDRESSES, city=city)
        clients = [ClientFactory(cities=[city], addresses_per_report=ADDRESSES) for _ in range(number)]
        for client in clients:
            services.start_processing(client_id=client.pk)
        return clients

    return make
