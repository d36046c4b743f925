"""Loopback ports that are given to servers."""

from devstack.ports import free_port


def test_no_port_is_given_to_two_servers_of_one_process():
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)
