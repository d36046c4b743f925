"""How many streams there may be: exactly so many, whoever comes at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import RateLimited, SwitchboardError, Unavailable
from core.live.places import Places


def test_of_many_who_come_at_once_exactly_as_many_get_in_as_may(settings):
    settings.LIVE_STREAMS_PER_CALLER = 7
    places = Places()

    def try_to_get_in(number):
        try:
            places.take(number % 2)
        except SwitchboardError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        got_in = list(threads.map(try_to_get_in, range(200)))
    assert sum(got_in) == 14


def test_a_place_given_back_is_free_again_and_one_callers_are_not_anothers(settings):
    settings.LIVE_STREAMS_PER_CALLER = 1
    places = Places()
    places.take("one")
    places.take("other")
    with pytest.raises(RateLimited) as refusal:
        places.take("one")
    assert refusal.value.retry_after_seconds == 15
    places.give_back("one")
    places.take("one")


def test_a_full_process_refuses_everybody_until_somebody_leaves(settings):
    settings.LIVE_STREAMS_PER_CALLER = 2
    places = Places(most=3)
    for caller in ("one", "one", "other"):
        places.take(caller)
    with pytest.raises(Unavailable):
        places.take("other")
    places.give_back("one")
    places.take("other")
