"""The stand-in as one of the embedded servers."""

import json
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from devstack.processes import Program
from devstack.server import Server

CODE = Path(__file__).resolve().parents[2]


class Upstream(Server):
    """The upstream's API and its page. Its users stay over a restart when it is `durable`."""

    name = "upstream"

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.address}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"CHECKOUT_API_URL": self.url, "CHECKIN_URL": self.url}

    def _program(self) -> Program:
        state = [str(self.data / "state.json")] if self.durable else []
        return Program(
            name=self.name,
            command=[sys.executable, "-m", "devstack.upstream", str(self.port), *state],
            directory=CODE,
            log=self.log,
            environment=self.marker,
        )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/", timeout=1) as response:  # noqa: S310 (our own address)
                said = json.loads(response.read())
        except (OSError, ValueError):
            return False
        # Another server that has the port does not know our process.
        return self.process is not None and said == {"process": self.process.pid}
