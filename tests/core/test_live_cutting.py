"""Cutting a connection off by its peer's address."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from core.live.cutting import cut_off


@pytest.fixture
def connection():
    """Both ends of a TCP connection: the server's, the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        server, _ = listener.accept()
        with server:
            yield server, client


def test_the_peer_is_told_at_once_whatever_waited_for_him(connection):
    server, client = connection
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        fill(server)
    address, port = client.getsockname()
    assert descriptors_of(server) == [server.fileno()]
    assert cut_off((address, str(port)))
    assert descriptors_of(server) == [server.fileno()]
    server.close()  # as the server does that finds it shut down
    client.settimeout(5)
    with pytest.raises(ConnectionResetError):
        empty(client)


def descriptors_of(connection):
    """This process's descriptors of it: of others, any may be closed just now, with what a test before left behind."""
    wanted = os.fstat(connection.fileno())
    found = []
    for path in Path("/dev/fd").iterdir():
        with suppress(OSError):  # the directory's own
            if os.path.samestat(os.fstat(int(path.name)), wanted):
                found.append(int(path.name))
    return found


def fill(server):
    while True:
        server.send(b"x" * 100_000)


def empty(client):
    while client.recv(1_000_000):
        pass


def test_nobody_else_is_cut_off(connection):
    server, client = connection
    _, port = client.getsockname()
    assert not cut_off(("127.0.0.2", port))
    assert not cut_off(("127.0.0.1", 1))
    server.sendall(b"x")
    assert client.recv(1) == b"x"
