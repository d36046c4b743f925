"""The four servers together."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from devstack.mongo import Mongo
from devstack.postgres import Postgres
from devstack.server import Server
from devstack.smtp_sink import SmtpSink
from devstack.valkey import Valkey

# The variable that names an outside server, and the embedded one that is started when it is not set.
EMBEDDED: Mapping[str, type[Server]] = {
    "MONGODB_URI": Mongo,
    "REDIS_URL": Valkey,
    "SMTP_SERVER": SmtpSink,
    "DATABASE_URL": Postgres,
}


class Stack:
    """The embedded servers that `environment` does not name a server for, with their data under `data`."""

    def __init__(self, data: Path, environment: Mapping[str, str], *, durable: bool = True) -> None:
        self.servers = [
            server(data, durable=durable) for name, server in EMBEDDED.items() if not environment.get(name)
        ]

    @property
    def environment(self) -> dict[str, str]:
        """By which variables the platform finds the servers."""
        return {name: value for server in self.servers for name, value in server.environment.items()}

    def start(self) -> None:
        """Start all at once and wait for all. Raises ProcessDied or NotReady; whoever started must stop too."""
        for server in self.servers:
            server.launch()
        for server in self.servers:
            server.wait_until_ready()

    def stop(self) -> None:
        """Stop all at once."""
        stop_together(self.servers)


def stop_together(servers: Iterable[Server]) -> None:
    """Ask all to stop, then wait for each, by force if need be."""
    servers = list(servers)
    for server in servers:
        if server.process is not None:
            server.process.ask_to_stop()
    for server in servers:
        server.stop()
