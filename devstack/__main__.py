"""`python -m devstack up`: run the platform; what `make up` calls."""

import argparse
import os
import signal
import sys
from pathlib import Path

from devstack.errors import StackError
from devstack.launch import die_with_parent
from devstack.up import StopRequested, Up

DATA = Path(__file__).resolve().parent.parent / ".data"
DEFAULT_PORT = "8000"


def main() -> None:
    """Parse the command line and run; a StackError becomes a message and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m devstack", description="Run the whole platform on this machine.")
    parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "up", help="start everything, web on 127.0.0.1:$PORT (8000), until Ctrl-C"
    )
    parser.parse_args()
    if "MAKELEVEL" in os.environ:
        # `make` cannot pass on a SIGKILL; a terminal that lost its `make` would not know what still runs.
        die_with_parent(os.getppid(), signal.SIGTERM)
    try:
        port = port_in(os.environ.get("PORT") or DEFAULT_PORT, variable="PORT")
        live = os.environ.get("LIVE_PORT")
        Up(DATA, os.environ, port=port, live_port=port_in(live, variable="LIVE_PORT") if live else None).run()
    except StackError as error:
        sys.exit(str(error))
    except StopRequested:
        sys.exit("stopped before anything was started")


def port_in(text: str, *, variable: str) -> int:
    """The port in `text`. Raises StackError when that is none."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"{variable} must be a number from 1 to 65535, not {text!r}")
    return int(text)


if __name__ == "__main__":
    main()
