"""Secrets are moved from key to key while others write."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, connections

from checkin.models import CheckinSession
from core import rotation, tenancy
from tests.core.secrets.stored import TOKEN, opens, stored

SESSION_FIELDS = "checkin.CheckinSession.token", "checkin.CheckinSession.listed_token"


def rotate(capsys) -> list[str]:
    call_command("rotate_secrets")
    return capsys.readouterr().out.splitlines()


@pytest.mark.django_db
def test_after_a_rotation_the_new_key_alone_opens_every_organizations_secrets(session, settings, keys, theirs, capsys):
    with tenancy.scope(theirs.organization.pk):
        CheckinSession.objects.create(email="bob@other.test", token="")
        foreign = CheckinSession.objects.create(email="carol@other.test", token="theirs")
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    with tenancy.no_scope():
        said = rotate(capsys)
    assert {*said} >= {
        f"{SESSION_FIELDS[0]}: 2, of which 2 had another key",
        f"{SESSION_FIELDS[1]}: 1, of which 1 had another key",
    }
    settings.ENCRYPTION_KEYS = keys[1]
    assert CheckinSession.objects.get().token == TOKEN
    assert CheckinSession.objects.get().listed_token == f"{TOKEN}-listed"
    assert opens(keys[1], stored(foreign.pk)) == "theirs"
    assert CheckinSession.unscoped.get(email="bob@other.test").token == ""


@pytest.mark.django_db
def test_nothing_but_the_ciphertext_changes_and_doing_it_twice_does_no_harm(session, settings, keys, capsys):
    before = CheckinSession.objects.values().get()
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    first, second = rotate(capsys), rotate(capsys)
    assert f"{SESSION_FIELDS[0]}: 1, of which 1 had another key" in first
    assert f"{SESSION_FIELDS[0]}: 1, of which 0 had another key" in second
    assert CheckinSession.objects.values().get() == before


@pytest.mark.django_db
def test_rows_without_a_secret_are_passed_over(session, settings, keys, capsys):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE checkin_checkinsession ALTER listed_token DROP NOT NULL")
        cursor.execute("UPDATE checkin_checkinsession SET listed_token = NULL, token = ''")
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    assert {*rotate(capsys)} >= {f"{field}: 0, of which 0 had another key" for field in SESSION_FIELDS}
    assert (stored(session.pk), stored(session.pk, "listed_token")) == ("", None)


@pytest.mark.django_db
def test_a_secret_that_no_key_opens_is_counted_left_and_fails_the_command(session, settings, keys, capsys):
    lost = CheckinSession.objects.create(email="bob@uni.test", token="unreadable")
    unreadable = Fernet(Fernet.generate_key()).encrypt(b"unreadable").decode()
    for column in ("token", "listed_token"):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE checkin_checkinsession SET {column} = %s WHERE id = %s", [unreadable, lost.pk])
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    with pytest.raises(CommandError, match=r"^2 secrets cannot be read with any of ENCRYPTION_KEYS: put the key"):
        rotate(capsys)
    assert (stored(lost.pk), stored(lost.pk, "listed_token")) == (unreadable, unreadable)
    assert opens(keys[1], stored(session.pk)) == TOKEN


def between_reading_and_writing(monkeypatch, act: Callable[[], None]) -> None:
    """Let something happen when a secret was read and its new ciphertext is about to be written."""
    box = rotation.box()

    class Interrupted:
        def rotate(self, secret: bytes) -> bytes:
            act()
            return box.rotate(secret)

    monkeypatch.setattr(rotation, "box", Interrupted)


@pytest.mark.django_db
def test_a_secret_that_changes_in_between_is_not_overwritten(session, settings, keys, monkeypatch, capsys):
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    write = CheckinSession.objects.filter(pk=session.pk).update
    between_reading_and_writing(monkeypatch, lambda: write(token="rotated by the upstream"))
    assert f"{SESSION_FIELDS[0]}: 0, of which 0 had another key" in rotate(capsys)
    settings.ENCRYPTION_KEYS = keys[1]
    assert CheckinSession.objects.defer("listed_token").get().token == "rotated by the upstream"


@pytest.mark.django_db
def test_a_row_that_goes_in_between_stays_gone(session, settings, keys, monkeypatch, capsys):
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    between_reading_and_writing(monkeypatch, CheckinSession.objects.filter(pk=session.pk).delete)
    assert f"{SESSION_FIELDS[0]}: 0, of which 0 had another key" in rotate(capsys)
    assert not CheckinSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_token_is_lost_while_others_write_all_the_time(settings, keys, in_scope, capsys):
    rows = CheckinSession.objects.bulk_create(
        [CheckinSession(email=f"{n}@uni.test", token=f"{n}-0") for n in range(50)]
    )
    settings.ENCRYPTION_KEYS = f"{keys[1]},{keys[0]}"
    written, rotated = dict.fromkeys((row.pk for row in rows), ""), Event()

    def write_until_rotated() -> None:
        for number in range(1_000_000):
            for row in rows:
                written[row.pk] = f"{row.email}-{number}"
                CheckinSession.unscoped.filter(pk=row.pk).update(token=written[row.pk])
            if rotated.is_set():
                break
        connections.close_all()

    writer = Thread(target=write_until_rotated)
    writer.start()
    try:
        for _ in range(20):
            rotate(capsys)
    finally:
        rotated.set()
        writer.join()
    settings.ENCRYPTION_KEYS = keys[1]
    assert dict(CheckinSession.objects.values_list("pk", "token")) == written
    assert all("-0" not in token for token in written.values()), "the writer never came to its second round"
