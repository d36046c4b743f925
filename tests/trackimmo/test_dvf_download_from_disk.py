"""Files of sales of a mirror on this machine."""

import gzip

import pytest

from trackimmo.errors import SourceUnavailable
from trackimmo.sources import Deadline, SalesFiles

CONTENT = b"a line of sales\n"


@pytest.fixture
def mirror(settings, tmp_path):
    """A directory, its name with a space, of the files of Gironde in 2018."""
    root = tmp_path / "geo dvf"
    files = root / "2018" / "communes" / "33"
    files.mkdir(parents=True)
    settings.DVF_YEAR_URLS = {2018: f"file://{str(root).replace(' ', '%20')}"}
    return files


def get(known_etag: str = ""):
    return SalesFiles().get(insee_code="33001", year=2018, known_etag=known_etag, deadline=Deadline.after(5))


def test_a_file_is_taken_from_where_it_is(mirror):
    (mirror / "33001.csv").write_bytes(CONTENT)
    answer = get()
    assert (answer.is_published, answer.path) == (True, mirror / "33001.csv")


def test_it_may_be_packed(mirror):
    (mirror / "33001.csv.gz").write_bytes(gzip.compress(CONTENT))
    assert get().path == mirror / "33001.csv.gz"


def test_it_is_known_until_it_is_changed(mirror):
    (mirror / "33001.csv").write_bytes(CONTENT)
    known = get().etag
    assert get(known).path is None
    assert get(known).etag == known
    (mirror / "33001.csv").write_bytes(CONTENT * 2)
    assert get(known).path == mirror / "33001.csv"


def test_a_file_that_is_not_there_is_not_published(mirror):
    assert get().is_published is False


def test_a_mirror_that_is_not_there_is_an_error(mirror, settings, tmp_path):
    settings.DVF_YEAR_URLS = {2018: f"file://{tmp_path}/unmounted"}
    with pytest.raises(SourceUnavailable, match=r"/unmounted: there is no such directory$"):
        get()


def test_a_file_that_is_too_large_is_refused(mirror, settings):
    settings.DVF_MAX_FILE_MB = 0.00001
    (mirror / "33001.csv").write_bytes(CONTENT)
    with pytest.raises(SourceUnavailable, match=r"has a file of more than 1e-05 MB \(DVF_MAX_FILE_MB\)$"):
        get()


def test_localhost_is_this_machine(mirror, settings):
    settings.DVF_YEAR_URLS = {2018: settings.DVF_YEAR_URLS[2018].replace("file://", "file://localhost")}
    (mirror / "33001.csv").write_bytes(CONTENT)
    assert get().path == mirror / "33001.csv"
