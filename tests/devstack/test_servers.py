"""The embedded servers: the real programs, their data safe over stops, crashes and new ports."""

import json
import os
import smtplib
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
import redis
from pymongo import MongoClient

from devstack.mongo import Mongo
from devstack.open_data import OpenData
from devstack.ports import free_port
from devstack.postgres import Postgres
from devstack.smtp_sink import SmtpSink

MAIL = "Message-ID: <1@demo.test>\r\nSubject: =?utf-8?q?Vente_=C3=A0_Paris?=\r\n\r\n.\r\nhello\r\n"


@pytest.fixture
def postgres(tmp_path):
    """A running server of this test's own."""
    server = Postgres(tmp_path)
    server.start()
    yield server
    server.stop()


def test_postgres_keeps_its_data_when_it_is_killed_and_when_it_moves(postgres, tmp_path):
    with psycopg.connect(postgres.url) as connection:
        assert connection.info.server_version // 10_000 == 18
        connection.execute("CREATE TABLE kept AS SELECT 'é' AS letter")
    postgres.kill()
    postgres.port = free_port()
    # As if another process had the number of the killed server by now.
    lock = postgres.data / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(postgres.process.pid), str(os.getppid()), 1))
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT letter FROM kept").fetchone() == ("é",)


def test_postgres_does_not_repeat_in_its_log_what_it_refuses(postgres):
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (phone text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES ('+33612345678')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('+33612345678')")
    log = postgres.log.read_text()
    assert "people_pkey" in log
    assert "+33612345678" not in log


def test_postgres_does_not_run_as_root(postgres):
    assert psutil.Process(postgres.process.pid).uids().effective != 0


def test_postgres_starts_although_a_first_run_was_cut_off(tmp_path):
    server = Postgres(tmp_path, durable=False)
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    server.start()
    server.stop()
    assert server.process.exit_code == 0
    assert not half.exists()


def test_valkey_keeps_its_keys_when_it_is_killed(private_valkey):
    with redis.Redis.from_url(private_valkey.url) as client:
        client.set("kept", "1")
        private_valkey.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
    private_valkey.start()
    with redis.Redis.from_url(private_valkey.url) as client:
        assert client.get("kept") == b"1"


def test_valkey_never_evicts_and_has_databases_for_many_test_processes(private_valkey):
    with redis.Redis.from_url(private_valkey.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("databases") == {"databases": "64"}


def test_mongo_has_transactions_and_keeps_what_they_wrote_when_it_is_killed_and_moves(private_mongo):
    with MongoClient(private_mongo.url, serverSelectionTimeoutMS=5000) as client, client.start_session() as session:
        session.with_transaction(lambda within: client.sample.kept.insert_one({"_id": 1}, session=within))
    private_mongo.kill()
    private_mongo.port = free_port()
    private_mongo.start()
    with MongoClient(private_mongo.url, serverSelectionTimeoutMS=5000) as client:
        assert client.sample.kept.find_one() == {"_id": 1}


def test_mongo_stops_in_good_order(private_mongo):
    private_mongo.stop()
    assert private_mongo.process.exit_code == 0


def test_mail_is_kept_as_it_came_in_the_order_it_came(private_mail):
    recipients = ["client@demo.test", "é@demo.test"]
    with smtplib.SMTP("127.0.0.1", private_mail.port) as smtp:
        smtp.sendmail("noreply@demo.test", recipients[:1], MAIL)
        smtp.sendmail("noreply@demo.test", recipients, MAIL.replace("1@", "2@"), mail_options=["SMTPUTF8"])
    first, second = (path.read_bytes() for path in private_mail.messages())
    assert first == (b"Return-Path: <noreply@demo.test>\r\nDelivered-To: client@demo.test\r\n" + MAIL.encode())
    message = message_from_bytes(second, policy=policy.default)
    assert message["Message-ID"] == "<2@demo.test>"
    assert message["Subject"] == "Vente à Paris"
    assert len(message.get_all("Delivered-To")) == 2
    assert [path.suffix for path in private_mail.data.iterdir()] == [".eml", ".eml"]


def test_open_data_are_the_same_at_every_start(tmp_path):
    server = OpenData(tmp_path)
    answers = []
    for _ in range(2):
        server.start()
        places = (f"{server.environment['GEO_API_URL']}/communes?code=35024", f"http://{server.address}/nowhere")
        sales = f"{server.environment['DVF_BASE_URL']}/2019/communes/35/35024.csv"
        answers.append([httpx.get(url).content for url in (*places, sales)])
        server.stop()
        assert server.process.exit_code == 0
    assert answers[0] == answers[1]
    assert (json.loads(answers[0][0])[0]["nom"], answers[0][1]) == ("Betton", b"Not Found\n")


def test_a_server_that_cannot_start_is_told_with_its_log(private_valkey, tmp_path):
    rival = SmtpSink(tmp_path / "rival", port=private_valkey.port)
    with pytest.raises(Exception, match=r"(?s)^mail ended with exit code 1\..*address already in use"):
        rival.start()


def test_a_platform_without_a_server_program_is_told_which_variable_names_one(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(Exception, match=r"^No embedded MongoDB for this platform exists; .*MONGODB_URI=… make up$"):
        Mongo(tmp_path).start()


def test_mails_and_logs_are_for_their_owner_only(private_mail, tmp_path):
    assert {private_mail.data.stat().st_mode & 0o777, (tmp_path / "log").stat().st_mode & 0o777} == {0o700}
