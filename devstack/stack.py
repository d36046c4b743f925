"""The embedded servers together."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from devstack.mongo import Mongo
from devstack.open_data import OpenData
from devstack.postgres import Postgres
from devstack.server import STOP_SECONDS, Server
from devstack.smtp_sink import SmtpSink
from devstack.upstream.server import Upstream
from devstack.valkey import Valkey

# The variable that names an outside server, and the embedded one that stands in for it when it is not set.
EMBEDDED: Mapping[str, type[Server]] = {
    "MONGODB_URI": Mongo,
    "REDIS_URL": Valkey,
    "SMTP_SERVER": SmtpSink,
    "GEO_API_URL": OpenData,
    "DVF_BASE_URL": OpenData,
    "CHECKOUT_API_URL": Upstream,
    "CHECKIN_URL": Upstream,
    "DATABASE_URL": Postgres,
}


class Stack:
    """The embedded servers for which `environment` does not name others, with their data under `data`."""

    def __init__(self, data: Path, environment: Mapping[str, str], *, durable: bool = True) -> None:
        self._named_elsewhere = {name for name in EMBEDDED if environment.get(name)}
        # Once each, however many variables name it.
        needed = dict.fromkeys(server for name, server in EMBEDDED.items() if name not in self._named_elsewhere)
        self.servers = [server(data, durable=durable) for server in needed]

    @property
    def environment(self) -> dict[str, str]:
        """By which variables the platform finds the servers."""
        return {
            name: value
            for server in self.servers
            for name, value in server.environment.items()
            if name not in self._named_elsewhere
        }

    def start(self) -> None:
        """Start all at once and wait for all. Raises ProcessDied or NotReady; then some may run: call `stop`."""
        for server in self.servers:
            server.launch()
        for server in self.servers:
            server.wait_until_ready()

    def stop(self) -> None:
        """Stop all at once."""
        stop_together(self.servers)


def stop_together(servers: Iterable[Server]) -> None:
    """Ask all to stop, then wait for each, by force if need be."""
    processes = [server.process for server in servers if server.process is not None]
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.wait_stopped(seconds=STOP_SECONDS)
