"""The upstream of check-in: a real server that does as it is told. A pytest plugin, named in tests/conftest.py."""

import pytest

from checkin.upstream.breaking import forget_failures
from devstack.upstream.control import UpstreamControl
from devstack.upstream.server import Upstream


@pytest.fixture(scope="session")
def _upstream_server(tmp_path_factory):
    server = Upstream(tmp_path_factory.mktemp("upstream"), durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def upstream(_upstream_server, settings) -> UpstreamControl:
    """The upstream that check-in's settings name: no users yet, no latency, no faults, and none in memory."""
    settings.CHECKOUT_API_URL = settings.CHECKIN_URL = _upstream_server.url
    control = UpstreamControl(_upstream_server.url)
    control.reset()
    forget_failures()
    return control
