"""One client per process, and a MongoDB that is down is noticed in time."""

import multiprocessing
import time
from threading import Thread

import pytest
from pymongo.errors import (
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    ServerSelectionTimeoutError,
    WriteConcernError,
)

from core import outbox
from core.mongo import client, database, retry_while_down
from tests.servers import hanging


def test_threads_share_one_client():
    clients = []
    threads = [Thread(target=lambda: clients.append(client())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {id(one) for one in clients} == {id(client())}


def test_a_fork_gets_a_client_of_its_own():
    database().command("ping")
    parents = id(client())

    def ask(answers):
        answers.send((id(client()) == parents, database().command("ping")["ok"]))

    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=ask, args=(sender,))
    child.start()
    assert receiver.poll(10)
    assert receiver.recv() == (False, 1.0)
    child.join(10)
    assert child.exitcode == 0
    assert database().command("ping")["ok"] == 1.0


def test_what_is_written_and_read_survives_the_primary():
    asked = client()
    assert asked.write_concern.document == {"w": "majority", "j": True}
    assert asked.read_concern.level == "majority"
    assert client()["x"]["y"].read_concern.level == "majority"


def test_a_mongo_that_is_down_is_given_up_after_two_seconds_and_means_retry(settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    began = time.monotonic()
    with pytest.raises(outbox.Retry, match="MongoDB is not available: ServerSelectionTimeoutError"), retry_while_down():
        database().command("ping")
    assert 1.9 < time.monotonic() - began < 3.9  # once, not twice


@pytest.mark.parametrize(
    ("error", "is_retried"),
    [
        (ServerSelectionTimeoutError("none"), True),
        (BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "waiting"}]}), True),
        (BulkWriteError({"writeErrors": [{"code": 121}], "writeConcernErrors": []}), False),
        (BulkWriteError({"writeErrors": [{"code": 11000}], "writeConcernErrors": [{"code": 91}]}), True),
        (WriteConcernError("shutting down", 91), True),
        (ExecutionTimeout("transaction", 50), True),
        (DuplicateKeyError("E11000"), False),
    ],
)
def test_only_the_servers_own_failures_mean_retry(error, is_retried):
    with pytest.raises(outbox.Retry if is_retried else type(error)), retry_while_down():
        raise error


def test_a_mongo_that_hangs_is_given_up_after_five_seconds(private_mongo, settings):
    settings.MONGODB_URI = private_mongo.url
    numbers = database()["test_numbers"]
    numbers.insert_one({"n": 1})
    with hanging(private_mongo):
        began = time.monotonic()
        with pytest.raises(outbox.Retry, match="NetworkTimeout"), retry_while_down():
            numbers.insert_one({"n": 2})
    assert 4.9 < time.monotonic() - began < 9.8  # once, not twice
    client().close()
