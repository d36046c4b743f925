"""`make reset` while the servers of a killed run are still ending."""

import subprocess
import sys

import pytest

from devstack import reset

# Writes into the directory it is given, and makes it again, for half a second.
STILL_ENDING = """
import pathlib, sys, time
deadline = time.monotonic() + 0.5
while time.monotonic() < deadline:
    for number in range(50):
        try:
            place = pathlib.Path(sys.argv[1]) / str(number)
            place.mkdir(parents=True, exist_ok=True)
            (place / "file").touch()
        except OSError:
            pass
    print("busy", flush=True)
"""


def test_what_is_still_written_is_removed_too(tmp_path):
    data = tmp_path / "data"
    command = [sys.executable, "-c", STILL_ENDING, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "busy\n"
        while server.poll() is None:
            reset.remove(data)
        server.stdout.read()
    reset.remove(data)
    assert not data.exists()


def test_what_cannot_be_removed_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(reset, "PATIENCE_SECONDS", 0.0)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "kept").mkdir(parents=True)
    (tmp_path / "data").symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic link"):
        reset.remove(tmp_path / "data")
    assert (elsewhere / "kept").is_dir()
