"""Who was let in is asked about again: all at once, without counting, and nobody who cannot be vouched for stays."""

import json
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError

from core import gate, redis
from core.actor import Actor
from core.errors import Unauthenticated

pytestmark = pytest.mark.django_db


@dataclass
class Caller:
    """Credentials of a made-up caller; `stored` is what PostgreSQL would say of him."""

    stored: object = field(default_factory=lambda: {"name": "x"})
    organization_id: UUID = field(default_factory=uuid4)
    is_proven: bool = True
    limit_subject: str = "user:x"
    identity_key: str = field(default_factory=lambda: f"identity:{uuid4()}")
    loads: int = 0

    def load(self):
        self.loads += 1
        if isinstance(self.stored, Exception):
            raise self.stored
        return self.stored

    def confirm(self, identity):
        if identity["name"] != "x":
            raise Unauthenticated
        return Actor(kind="system", organization_id=self.organization_id, role=identity.get("role", ""))


def admitted(callers):
    """Whether each of them is still let in."""
    actors = gate.admit_again(callers)
    assert [actor.organization_id for actor in actors if actor] == [
        caller.organization_id for caller, actor in zip(callers, actors, strict=True) if actor
    ]
    return [actor is not None for actor in actors]


def test_those_who_are_cached_cost_one_round_trip_and_are_not_counted(monkeypatch):
    callers = [Caller() for _ in range(50)]
    for caller in callers:
        redis.client().set(caller.identity_key, json.dumps(caller.stored))
    asked, execute = [], redis.client().execute_command

    def noting(command, *arguments, **options):
        asked.append(command)
        return execute(command, *arguments, **options)

    monkeypatch.setattr(redis.client(), "execute_command", noting)
    assert admitted(callers) == [True] * 50
    assert asked == ["MGET"]
    assert {caller.loads for caller in callers} == {0}
    monkeypatch.undo()
    assert redis.client().keys("limit:*") == []


def test_an_identity_that_changed_ends_it():
    stays, changed, gone = Caller(), Caller(), Caller(stored=None)
    redis.client().set(changed.identity_key, json.dumps({"name": "y"}))
    for _ in range(2):
        assert admitted([stays, changed, gone, stays]) == [True, False, False, True]
    assert stays.loads == 1  # and then it was cached
    assert gone.loads == 2
    gate.forget(stays.identity_key)
    stays.stored = None
    assert admitted([stays]) == [False]


def test_whose_role_changed_is_let_in_with_the_new_one():
    caller = Caller()
    assert [actor.role for actor in gate.admit_again([caller])] == [""]
    gate.forget(caller.identity_key)
    caller.stored = {"name": "x", "role": "client"}
    assert [actor.role for actor in gate.admit_again([caller])] == ["client"]


def test_nobody_is_asked_about_when_nobody_is_there():
    assert admitted([]) == []


def test_without_redis_postgres_is_asked(settings, private_valkey):
    settings.REDIS_URL = private_valkey.database_url(0)
    redis.client.cache_clear()
    private_valkey.kill()
    try:
        assert admitted([Caller(), Caller(stored=None)]) == [True, False]
    finally:
        redis.client.cache_clear()


def test_who_can_be_asked_about_nowhere_is_not_vouched_for_and_postgres_is_not_waited_for_twice():
    cached, unknown, another = Caller(), Caller(stored=OperationalError("down")), Caller()
    redis.client().set(cached.identity_key, json.dumps(cached.stored))
    assert admitted([unknown, another, cached]) == [False, False, True]
    assert (unknown.loads, another.loads) == (1, 0)
