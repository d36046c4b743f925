"""A host that fails again and again is left alone for a while."""

import json
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from core.testing.waiting import eventually
from tests.trackimmo.publisher import ABZAC, raw_server, status
from trackimmo.errors import SourceUnavailable
from trackimmo.sources import Deadline, GeoClient
from trackimmo.sources.breaking import MOST_FAILURES


def ask():
    return GeoClient().commune("33001", deadline=Deadline.after(20))


def assert_fails(problem: str) -> None:
    with pytest.raises(SourceUnavailable, match=f": {problem}$"):
        ask()


QUIET_SECONDS = settings.OPEN_DATA_QUIET_SECONDS
LEFT_ALONE = f"failed {MOST_FAILURES} times in a row, and is asked again after {QUIET_SECONDS} seconds"


@pytest.fixture
def left_alone(publisher):
    """A publisher that has failed so often that nobody asks any more."""
    publisher.next = [status(500)] * MOST_FAILURES
    assert_fails("answered 500")
    assert_fails("answered 500")
    assert len(publisher.requests) == MOST_FAILURES
    return publisher


def test_after_five_failures_in_a_row_nobody_asks(left_alone):
    left_alone.communes["33001"] = ABZAC
    assert_fails(LEFT_ALONE)
    assert len(left_alone.requests) == MOST_FAILURES


def test_after_a_while_it_is_asked_again_and_all_is_well(left_alone):
    left_alone.communes["33001"] = ABZAC
    with time_machine.travel(timezone.now() + timedelta(seconds=QUIET_SECONDS + 1)):
        assert ask().name == "Abzac"
    assert ask().name == "Abzac"


def test_one_that_has_not_recovered_is_asked_once_and_left_alone_again(left_alone):
    left_alone.next = [status(500)] * 9
    later = timezone.now() + timedelta(seconds=QUIET_SECONDS + 1)
    with time_machine.travel(later, tick=False):
        assert_fails("answered 500")
        assert len(left_alone.requests) == MOST_FAILURES + 1
        assert_fails(LEFT_ALONE)
        assert len(left_alone.requests) == MOST_FAILURES + 1


def test_a_success_in_between_begins_the_count_anew(publisher):
    publisher.communes["33001"] = ABZAC
    for _ in range(3):
        publisher.next = [status(500)] * 2
        assert ask().name == "Abzac"


@pytest.mark.parametrize("answer", [status(404), status(400), status(200, "<html>")])
def test_a_refusal_or_garbage_is_no_failure_of_the_host(publisher, answer):
    for _ in range(MOST_FAILURES + 1):
        publisher.next = [answer]
        assert_fails("answered .*")
    assert len(publisher.requests) == MOST_FAILURES + 1


def test_a_host_is_not_left_alone_for_the_failures_of_another(left_alone, settings):
    with raw_server(lambda caller, _ended: caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")) as other:
        settings.GEO_API_URL = other
        assert ask() is None


def test_threads_do_not_wait_for_each_other(settings):
    """Requests run jobs too, side by side, and each has a deadline."""
    body = json.dumps([ABZAC]).encode()
    callers: list[object] = []

    def answer(caller, ended) -> None:
        callers.append(caller)
        if len(callers) == 1:
            ended.wait()
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    found = []
    with raw_server(answer) as settings.GEO_API_URL:
        first = threading.Thread(target=lambda: found.append(ask()))
        first.start()
        eventually(lambda: callers)
        began = time.monotonic()
        assert ask().name == "Abzac"
        assert time.monotonic() - began < 5
    first.join()
    assert found[0].name == "Abzac"
