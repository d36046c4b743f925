"""The upstream of check-in's tests: a real server that does as it is told."""

from pathlib import Path

import pytest

from checkin.upstream.breaking import forget_failures
from devstack.upstream.control import UpstreamControl
from devstack.upstream.server import Upstream
from tests.counting import counting


@pytest.fixture(scope="session")
def _upstream_server(tmp_path_factory):
    server = Upstream(tmp_path_factory.mktemp("upstream"), durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def upstream(_upstream_server, settings) -> UpstreamControl:
    """The upstream that check-in's settings name: no users yet, no latency, no faults."""
    settings.CHECKOUT_API_URL = settings.CHECKIN_URL = _upstream_server.url
    control = UpstreamControl(_upstream_server.url)
    control.reset()
    return control


@pytest.fixture(autouse=True)
def _unbroken() -> None:
    """That hosts failed in one test is nothing to the next."""
    forget_failures()


@pytest.fixture
def counted():
    """`with counted("GET /path"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))
