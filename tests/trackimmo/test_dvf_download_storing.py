"""Downloads on disk: shared by the workers of a host, seen by nobody else, and removed in time."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from tests.trackimmo.downloads import BEGUN, CONTENT, assert_fails, get, left
from tests.trackimmo.publisher import cut_off, raw_server, status
from trackimmo.errors import SourceUnavailable
from trackimmo.sources import Deadline, SalesFiles, storing


def grow_old(downloads: Path, *, seconds: float) -> None:
    """Make everything in the directory that much older."""
    then = time.time() - seconds
    for path in downloads.iterdir():
        os.utime(path, (then, then))


def test_the_next_worker_takes_what_has_just_come(publisher):
    publisher.publish("33001", 2019, CONTENT)
    assert get().path == get().path
    assert get(known_etag='"1"').path is None
    assert len(publisher.requests) == 1


def test_later_the_publisher_is_asked_whether_it_is_still_the_same(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    get()
    grow_old(downloads, seconds=storing.FRESH_SECONDS + 1)
    assert get().path.read_bytes() == CONTENT
    assert get().path.read_bytes() == CONTENT
    assert publisher.headers("If-None-Match") == [None, '"1"']
    publisher.publish("33001", 2019, b"another\n", etag='"2"')
    grow_old(downloads, seconds=storing.FRESH_SECONDS + 1)
    assert get().path.read_bytes() == b"another\n"


def test_what_is_forgotten_is_fetched_again(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    get()
    SalesFiles().forget(insee_code="33001", year=2019)
    assert left(downloads) == []
    assert get().path.read_bytes() == CONTENT
    assert len(publisher.requests) == 2


def test_two_workers_who_want_the_same_file_fetch_it_once(publisher):
    """The second comes while the first is in the middle of it."""
    publisher.publish("33001", 2019, CONTENT)
    begun, go_on = threading.Event(), threading.Event()
    waited, answers = [], []

    def hold(_bytes: int) -> None:
        begun.set()
        assert go_on.wait(10)

    def let_go(received_bytes: int) -> None:
        waited.append(received_bytes)
        go_on.set()

    first = threading.Thread(target=lambda: answers.append(get(watch=hold)))
    first.start()
    assert begun.wait(10)
    answers.append(get(watch=let_go))
    first.join()
    assert waited[0] == 0
    assert [answer.path.read_bytes() == CONTENT for answer in answers] == [True, True]
    assert len(publisher.requests) == 1


def test_who_waits_for_another_worker_waits_until_the_deadline_only(publisher):
    name = storing.stored(f"http://{publisher.host}/dvf/2019/communes/33/33001.csv").name
    with storing.locked(name, deadline=Deadline.after(5)):
        assert_fails("another worker is still fetching the same file", seconds=0.2)
    assert publisher.requests == []


def test_downloads_are_for_their_owner_only(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    path = get().path
    assert stat.S_IMODE(downloads.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_directory_that_others_could_write_to_is_closed(publisher, downloads):
    downloads.mkdir(mode=0o777)
    downloads.chmod(0o777)
    get()
    assert stat.S_IMODE(downloads.stat().st_mode) == 0o700


def test_a_link_in_its_place_is_not_followed(publisher, downloads, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    downloads.symlink_to(tmp_path / "elsewhere")
    publisher.publish("33001", 2019, CONTENT)
    with pytest.raises(SourceUnavailable, match=r"^DVF_CACHE_DIR: this is not a directory of ours$"):
        get()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_directory_of_somebody_else_is_not_used(publisher, downloads, monkeypatch):
    downloads.mkdir()
    owner = downloads.stat().st_uid
    monkeypatch.setattr(storing.os, "geteuid", lambda: owner + 1)
    with pytest.raises(SourceUnavailable, match=r"^DVF_CACHE_DIR: this is not a directory of ours$"):
        get()
    assert list(downloads.iterdir()) == []


def test_a_directory_that_cannot_be_made_is_said_so(publisher, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.DVF_CACHE_DIR = str(tmp_path / "file" / "downloads")
    with pytest.raises(SourceUnavailable, match=r"^DVF_CACHE_DIR: Not a directory$"):
        get()


def test_what_nobody_has_touched_for_a_day_is_removed(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT, after=BEGUN)] * 3
    assert_fails("the connection broke")
    SalesFiles().remove_old()
    assert left(downloads) == [".etag", ".part"]
    grow_old(downloads, seconds=storing.KEPT_SECONDS + 1)
    SalesFiles().remove_old()
    assert left(downloads) == []


def test_what_somebody_is_fetching_is_not_removed(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    path = get().path
    grow_old(downloads, seconds=storing.KEPT_SECONDS + 1)
    with storing.locked(path.stem, deadline=Deadline.after(5)):
        SalesFiles().remove_old()
    assert left(downloads) == [".csv", ".etag"]


def test_what_we_did_not_put_there_stays(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    get()
    (downloads / "notes.csv").write_text("an operator's")
    (downloads / "2018").mkdir()
    (downloads / "2018" / "33001.csv").touch()
    grow_old(downloads, seconds=storing.KEPT_SECONDS + 1)
    SalesFiles().remove_old()
    assert sorted(path.name for path in downloads.iterdir() if path.suffix != ".lock") == ["2018", "notes.csv"]


def test_where_nothing_was_ever_downloaded_nothing_is_made_to_clean_it_up(downloads):
    SalesFiles().remove_old()
    assert not downloads.exists()


def test_credentials_are_sent_and_never_shown(publisher, settings):
    settings.DVF_BASE_URL = f"http://mirror:s3cret@{publisher.host}/dvf"
    publisher.next = [status(401)]
    with pytest.raises(SourceUnavailable) as raised:
        get()
    assert str(raised.value) == f"{publisher.host}: answered 401"
    assert publisher.requests[0].authorization.password == "s3cret"
    assert SalesFiles().place(2019).name == f"http://{publisher.host}/dvf"


def test_credentials_do_not_follow_to_another_host(publisher, settings):
    heard: list[bytes] = []
    nothing = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda caller, _ended: caller.sendall(nothing), heard=heard) as other:
        settings.DVF_BASE_URL = f"http://mirror:s3cret@{publisher.host}/dvf"
        publisher.next = [status(302, Location=other.replace("127.0.0.1", "localhost"))]
        assert get().is_published is False
    [request] = heard
    assert request.startswith(b"GET / HTTP/1.1\r\n")
    assert b"authorization" not in request.lower()
    assert b"s3cret" not in request
