"""What follows from a commit is told to Redis in one round trip, and never at the request's expense."""

import pytest
from django.db import transaction
from redis import ConnectionError as RedisIsDown
from redis import ResponseError

from core import redis, telling
from core.telling import tell, together


class Said:
    """Sets a key, and notes what it hears."""

    def __init__(self, *names):
        self.names = names
        self.heard = []

    def __call__(self):
        tell(self)

    def commands(self):
        return [("SET", f"telling:{name}", 1, "NX", "EX", 60) for name in self.names]

    def told(self, answers):
        self.heard.append(answers)

    def lost(self, error):
        self.heard.append(type(error))


@pytest.fixture(autouse=True)
def _clean():
    redis.client().delete("telling:a", "telling:b", "telling:c")


def is_set(name):
    return redis.client().exists(f"telling:{name}") == 1


def test_each_hears_the_answers_to_its_own_commands():
    first, second, third = Said("a", "b"), Said(), Said("b", "c")
    with together():
        for one in (first, second, third):
            tell(one)
        assert not is_set("a")
        assert first.heard == []
    assert (first.heard, second.heard, third.heard) == ([[True, True]], [[]], [[None, True]])


def test_alone_it_is_told_at_once():
    said = Said("a")
    tell(said)
    assert said.heard == [[True]]


def test_what_was_committed_before_an_error_is_told():
    said = Said("a")
    with pytest.raises(ZeroDivisionError), together():
        raise tell(said) or ZeroDivisionError
    assert is_set("a")
    assert said.heard == [[True]]


def test_an_error_of_one_is_nothing_to_the_next(monkeypatch):
    redis.client().set("telling:a", 1)
    wrong, failing, right = Said(), Said("b"), Said("c")
    monkeypatch.setattr(wrong, "commands", lambda: [("HSET", "telling:a", "field", 1)])
    monkeypatch.setattr(failing, "told", lambda _: 1 / 0)
    with together():
        for one in (wrong, failing, right):
            tell(one)
    [[error]] = wrong.heard
    assert isinstance(error, ResponseError)
    assert right.heard == [[True]]


def test_a_redis_that_is_down_is_heard_of_by_each(monkeypatch):
    def refuse():
        raise RedisIsDown("refused")

    monkeypatch.setattr(telling, "client", refuse)
    first, second = Said("a"), Said("b")
    with together():
        tell(first)
        tell(second)
    assert (first.heard, second.heard) == ([RedisIsDown], [RedisIsDown])


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_has_nothing_to_tell():
    kept, undone = Said("a"), Said("b")
    with together():
        with transaction.atomic():
            transaction.on_commit(undone, robust=True)
            transaction.set_rollback(True)
        with transaction.atomic():
            transaction.on_commit(kept, robust=True)
    assert (kept.heard, undone.heard) == ([[True]], [])
