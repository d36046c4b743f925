"""Loopback TCP ports."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range from which Linux (32768) and macOS (49152) take the ports of outgoing connections, so that
# no connection can grab a port between the moment it is found free and the moment its server binds it.
CANDIDATES = range(20000, 32000)
# Each at most once in a process: a port stays free until the server that it was found for binds it, and another
# server of the same stack must not be given it meanwhile.
_untried = iter(random.SystemRandom().sample(CANDIDATES, k=len(CANDIDATES)))


def is_free(port: int) -> bool:
    """Whether a server could listen on the loopback `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def port_near(port: int) -> int:
    """The port after `port` if nobody listens there, else any free one. Raises OSError when there is none."""
    return port + 1 if port < 65535 and is_free(port + 1) else free_port()


def free_port() -> int:
    """A loopback port nobody listens on, another one at each call. Raises OSError when none is left."""
    for port in _untried:
        if is_free(port):
            return port
    raise OSError(f"no free port found between {CANDIDATES.start} and {CANDIDATES.stop - 1}")
