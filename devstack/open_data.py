"""A stand-in of the publishers of open data, so that nothing needs the internet."""

import json
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from devstack.processes import Program
from devstack.server import Server

CODE = Path(__file__).resolve().parent.parent


class OpenData(Server):
    """Answers about communes and publishes made-up sales: the demonstration's program of that name."""

    name = "open-data"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"GEO_API_URL": f"http://{self.address}/geo", "DVF_BASE_URL": f"http://{self.address}/dvf"}

    def _program(self) -> Program:
        return Program(
            name=self.name,
            command=[sys.executable, "-m", "demo.open_data", str(self.port)],
            directory=CODE,
            log=self.log,
            environment=self.marker,
        )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/", timeout=1) as response:
                said = json.loads(response.read())
        except (OSError, ValueError):
            return False
        # Another server that has the port does not know our process.
        return self.process is not None and said == {"process": self.process.pid}
