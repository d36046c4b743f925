"""Files of sales from the web: whole, once, and in time."""

import time

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from werkzeug import Response

from tests.trackimmo.downloads import BEGUN, CONTENT, assert_fails, get, left
from tests.trackimmo.publisher import cut_off, drip, raw_server, status
from trackimmo.errors import LeaseLost
from trackimmo.sources.sales import department_of


def test_the_file_of_a_commune_and_a_year_is_fetched(publisher):
    path = publisher.publish("33001", 2019, CONTENT, etag='"2019-a"')
    answer = get()
    assert (answer.is_published, answer.etag) == (True, '"2019-a"')
    assert answer.path.read_bytes() == CONTENT
    assert publisher.asked == [path]
    assert publisher.headers("Accept-Encoding") == ["identity"]


@pytest.mark.parametrize(
    ("insee_code", "department"),
    [("33001", "33"), ("01004", "01"), ("2A004", "2A"), ("2B033", "2B"), ("75101", "75"), ("97411", "974")],
)
def test_a_commune_is_in_the_department_that_its_code_begins_with(insee_code, department):
    assert department_of(insee_code) == department


def test_a_year_may_be_somewhere_else(publisher, settings):
    settings.DVF_YEAR_URLS = {2018: f"http://{publisher.host}/mirror/"}
    get(year=2018)
    get(year=2019)
    assert publisher.asked == [
        "/mirror/2018/communes/33/33001.csv",
        "/dvf/2019/communes/33/33001.csv",
    ]


def test_what_is_not_published_is_no_error(publisher, downloads):
    answer = get()
    assert (answer.is_published, answer.path) == (False, None)
    assert left(downloads) == []


def test_what_is_no_commune_is_not_looked_for(publisher):
    assert get(insee_code="../etc").is_published is False
    assert publisher.requests == []


def test_the_known_edition_is_not_fetched_again(publisher):
    publisher.publish("33001", 2019, CONTENT, etag='"a"')
    answer = get(known_etag='"a"')
    assert (answer.is_published, answer.etag, answer.path) == (True, '"a"', None)
    assert publisher.headers("If-None-Match") == ['"a"']


def test_another_edition_than_the_known_one_is(publisher):
    publisher.publish("33001", 2019, CONTENT, etag='"b"')
    answer = get(known_etag='"a"')
    assert (answer.etag, answer.path.read_bytes()) == ('"b"', CONTENT)


def test_what_was_cut_off_is_gone_on_with(publisher):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT, after=BEGUN)]
    assert get().path.read_bytes() == CONTENT
    assert publisher.headers("Range") == [None, f"bytes={BEGUN}-"]
    assert publisher.headers("If-Range") == [None, '"1"']


def test_what_a_dead_worker_left_is_gone_on_with(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT, after=BEGUN)] * 3
    assert_fails("the connection broke")
    assert left(downloads) == [".etag", ".part"]
    assert get().path.read_bytes() == CONTENT
    assert left(downloads) == [".csv", ".etag"]
    assert publisher.headers("Range")[-1] == f"bytes={BEGUN}-"


def test_a_server_that_ignores_ranges_gives_it_from_the_beginning(publisher):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT, after=BEGUN)]
    publisher.ignores_ranges = True
    assert get().path.read_bytes() == CONTENT
    assert publisher.headers("Range") == [None, f"bytes={BEGUN}-"]


def test_parts_of_two_editions_are_never_put_together(publisher):
    publisher.publish("33001", 2019, CONTENT.replace(b"line", b"LINE"), etag='"new"')
    publisher.next = [cut_off(CONTENT, after=BEGUN, etag='"old"')]
    answer = get()
    assert (answer.etag, answer.path.read_bytes()) == ('"new"', CONTENT.replace(b"line", b"LINE"))


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_part_of_an_edition_that_is_not_known_for_sure_is_thrown_away(publisher, etag):
    publisher.publish("33001", 2019, CONTENT, etag=etag)
    publisher.next = [cut_off(CONTENT, after=BEGUN, etag=etag)]
    assert get().path.read_bytes() == CONTENT
    assert publisher.headers("Range") == [None, None]


@pytest.mark.parametrize(
    "answer",
    [
        status(416, Content_Range="bytes */10"),
        status(206, "x" * 9, Content_Range="bytes 0-8/9", ETag='"1"'),
        status(206, "x" * 9, Content_Range="nonsense", ETag='"1"'),
        status(206, "x" * 9, Content_Range=f"bytes {'9' * 5000}-1/{'9' * 5000}", ETag='"1"'),
        status(206, "x" * 9, ETag='"1"'),
        status(206, "x", Content_Range=f"bytes {BEGUN}-{BEGUN}/{BEGUN + 1}", ETag='"2"'),
    ],
)
def test_an_answer_that_does_not_go_on_where_we_are_starts_it_anew(publisher, answer):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT, after=BEGUN), answer]
    assert get().path.read_bytes() == CONTENT
    assert publisher.headers("Range") == [None, f"bytes={BEGUN}-", None]


def test_a_part_of_a_part_is_gone_on_with_too(publisher):
    publisher.publish("33001", 2019, CONTENT)
    piece = CONTENT[BEGUN : BEGUN + 9].decode()
    some = status(206, piece, Content_Range=f"bytes {BEGUN}-{BEGUN + 8}/{len(CONTENT)}", ETag='"1"')
    publisher.next = [cut_off(CONTENT, after=BEGUN), some]
    assert get().path.read_bytes() == CONTENT
    assert publisher.headers("Range") == [None, f"bytes={BEGUN}-", f"bytes={BEGUN + 9}-"]


def test_a_part_that_is_already_all_of_it_is_fetched_anew(publisher, downloads):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT + b"x", after=len(CONTENT)), *[status(500)] * 2]
    assert_fails("answered 500")
    assert left(downloads) == [".etag", ".part"]
    assert get().path.read_bytes() == CONTENT


@pytest.mark.parametrize("code", [206, 416, 304])
def test_an_answer_to_what_was_not_asked_is_refused(publisher, code):
    publisher.next = [status(code)]
    assert_fails(f"answered {code}")
    assert len(publisher.requests) == 1


def test_a_server_in_trouble_is_asked_three_times(publisher):
    publisher.next = [status(500), status(502), status(503)]
    assert_fails("answered 503")
    assert len(publisher.requests) == 3


def test_a_web_page_is_no_file(publisher, downloads):
    publisher.next = [lambda _request: Response("<html>Maintenance</html>", content_type="text/html; charset=utf-8")]
    assert_fails("answered a web page instead of a file of sales")
    assert left(downloads) == []


def test_a_file_that_says_it_is_too_large_is_not_begun(publisher, downloads, settings):
    settings.DVF_MAX_FILE_MB = 0.1
    publisher.publish("33001", 2019, CONTENT)
    assert_fails("sends a file of more than 0.1 MB (DVF_MAX_FILE_MB)")
    assert left(downloads) == []
    assert len(publisher.requests) == 1


def without_length(*pieces: bytes):
    def answer(caller, _ended) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for piece in pieces:
            caller.sendall(piece)

    return answer


def test_a_file_that_turns_out_to_be_too_large_is_not_gone_on_with(settings, downloads):
    settings.DVF_MAX_FILE_MB = 0.1
    with raw_server(without_length(CONTENT)) as settings.DVF_BASE_URL:
        assert_fails("sends a file of more than 0.1 MB (DVF_MAX_FILE_MB)")
    assert left(downloads) == []


def test_without_a_length_a_file_that_ends_with_a_line_is_whole(settings):
    with raw_server(without_length(CONTENT)) as settings.DVF_BASE_URL:
        assert get().path.read_bytes() == CONTENT


def test_without_a_length_a_file_that_ends_within_a_line_is_not(settings, downloads):
    with raw_server(without_length(CONTENT[:-1])) as settings.DVF_BASE_URL:
        assert_fails(f"stopped in the middle of a line after {len(CONTENT) - 1} bytes")
    assert left(downloads) == [".etag", ".part"]


def test_chunks_that_break_off_are_no_file(settings, downloads):
    def answer(caller, _ended) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsale\r\n")

    with raw_server(answer) as settings.DVF_BASE_URL:
        assert_fails("the connection broke")


def test_a_body_that_drips_holds_nobody_beyond_the_deadline(settings):
    settings.OPEN_DATA_TIMEOUT_SECONDS = 5
    with raw_server(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x")) as settings.DVF_BASE_URL:
        began = time.monotonic()
        assert_fails("was not done within 0 seconds", seconds=0.4)
        assert time.monotonic() - began < 3


def test_who_follows_is_told_how_much_has_come(publisher):
    publisher.publish("33001", 2019, CONTENT)
    publisher.next = [cut_off(CONTENT, after=BEGUN)]
    told = []
    get(watch=told.append)
    assert told == sorted(told)
    assert BEGUN in told
    assert told[-1] == len(CONTENT)


@pytest.mark.parametrize("end", [SoftTimeLimitExceeded, LeaseLost])
def test_what_ends_the_work_of_who_follows_ends_the_download(publisher, downloads, end):
    publisher.publish("33001", 2019, CONTENT)

    def stop(_bytes: int) -> None:
        raise end

    with pytest.raises(end):
        get(watch=stop)
    assert len(publisher.requests) == 1
    assert left(downloads) == [".etag", ".part"]
    assert get().path.read_bytes() == CONTENT
