"""Cutting a connection off, whatever its reader does.

Granian keeps the connection of a reader who takes nothing for as long as he likes, even after the application is done
with it, and the kernel keeps megabytes for him. The application is not given the socket; it is found by its peer.
"""

import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

FORGET_WHAT_WAITS: Final = struct.pack("ii", 1, 0)


def cut_off(client: Any) -> bool:  # noqa: ANN401 -- ASGI's (address, port); granian's port is text
    """Reset this process's connection with that peer. Whether there was one."""
    peer = str(client[0]), int(client[1])
    for connection in _sockets():
        with connection, suppress(OSError):  # not connected, or not any more
            if connection.getpeername()[:2] == peer:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, FORGET_WHAT_WAITS)
                connection.shutdown(socket.SHUT_RDWR)
                return True
    return False


def _sockets() -> Iterator[socket.socket]:
    """This process's sockets, by descriptors of our own: the server may close its at any moment."""
    for path in Path("/dev/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            descriptor = os.dup(int(path.name))
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                yield socket.socket(fileno=descriptor)
            else:
                os.close(descriptor)
