"""Which servers are started, and how the platform's processes find them."""

import pytest
from environs import Env

from devstack.open_data import OpenData
from devstack.settings_file import SettingsFile
from devstack.stack import EMBEDDED, Stack


@pytest.mark.parametrize("variable", EMBEDDED)
def test_a_server_named_in_the_environment_is_used_instead_of_the_embedded_one(variable, tmp_path):
    stack = Stack(tmp_path, {variable: "elsewhere"})
    still_needed = {server for name, server in EMBEDDED.items() if name != variable}
    assert {type(server) for server in stack.servers} == still_needed
    assert variable not in stack.environment


def test_each_of_the_open_data_sites_may_be_the_real_one(tmp_path):
    assert OpenData not in {
        type(server) for server in Stack(tmp_path, {"GEO_API_URL": "real", "DVF_BASE_URL": "real"}).servers
    }
    communes_only = Stack(tmp_path, {"DVF_BASE_URL": "real"})
    [stand_in] = (server for server in communes_only.servers if isinstance(server, OpenData))
    assert communes_only.environment["GEO_API_URL"] == f"http://{stand_in.address}/geo"
    assert "DVF_BASE_URL" not in communes_only.environment


def test_an_empty_variable_names_no_server(tmp_path):
    assert len(Stack(tmp_path, dict.fromkeys(EMBEDDED, "")).servers) == 6


def test_each_server_says_where_it_is(tmp_path):
    stack = Stack(tmp_path, {})
    ports = {type(server): server.port for server in stack.servers}
    assert len(set(ports.values())) == 6
    for variable, server in EMBEDDED.items():
        if variable != "SMTP_SERVER":
            assert f"127.0.0.1:{ports[server]}/" in f"{stack.environment[variable]}/"
        else:
            assert stack.environment["SMTP_PORT"] == str(ports[server])


def test_other_commands_read_what_the_stack_wrote(tmp_path, monkeypatch):
    file = SettingsFile(tmp_path)
    file.write(
        {"SAMPLE_URL": "mongodb://h/?replicaSet=rs0&a=b", "SAMPLE_KEY": 'it\'s # $HOME "quoted"', "SAMPLE_PORT": "25"}
    )
    for name in ("SAMPLE_URL", "SAMPLE_KEY", "SAMPLE_PORT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    env = Env()
    env.read_env(str(file.path), recurse=False)
    assert env.str("SAMPLE_URL") == "mongodb://h/?replicaSet=rs0&a=b"
    assert env.str("SAMPLE_KEY") == 'it\'s # $HOME "quoted"'
    assert env.int("SAMPLE_PORT") == 25


def test_only_its_owner_reads_it_and_a_clean_stop_removes_it(tmp_path):
    file = SettingsFile(tmp_path)
    file.write({"A": "1"})
    assert file.path.stat().st_mode & 0o777 == 0o600
    file.write({"B": "2"})
    assert file.path.read_text() == "B=2\n"
    file.remove()
    assert list(tmp_path.iterdir()) == []
