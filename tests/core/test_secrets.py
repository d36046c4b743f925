"""Secrets that we must read again: encrypted at rest, masked for people, moved from key to key."""

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.db import connection, connections
from django.db.models import F

from checkin.models import CheckinSession
from core import rotation, tenancy
from core.secrets import Undecipherable, decrypt, encrypt, fingerprint, masked

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "planted-token-0123456789abcdef"
SESSION_FIELDS = "checkin.CheckinSession.token", "checkin.CheckinSession.listed_token"


@pytest.fixture
def keys(settings) -> list[str]:
    """Two keys, of which only the first is in use."""
    made = [Fernet.generate_key().decode() for _ in range(2)]
    settings.ENCRYPTION_KEYS = made[0]
    return made


@pytest.fixture
def session(keys, in_scope) -> CheckinSession:
    """A session with a token, encrypted with the first key."""
    return CheckinSession.objects.create(email="alice@uni.test", token=TOKEN, listed_token=f"{TOKEN}-listed")


def stored(pk: object, column: str = "token") -> str:
    """What the table holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM checkin_checkinsession WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def opens(key: str, secret: str) -> str:
    return Fernet(key).decrypt(secret.encode()).decode()


def rotate(capsys) -> list[str]:
    call_command("rotate_secrets")
    return capsys.readouterr().out.splitlines()


# Encrypting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [TOKEN, "é\x00\n🔑", " ", "x" * 100_000])
def test_what_is_encrypted_is_read_again_and_never_looks_alike(secret):
    first, second = encrypt(secret), encrypt(secret)
    assert decrypt(first) == decrypt(second) == secret
    assert first != second
    assert secret not in first


def test_nothing_stays_nothing():
    assert (encrypt(""), decrypt("")) == ("", "")


@pytest.mark.parametrize(
    "damage", [str.upper, str.swapcase, lambda text: text[:-4], lambda _: "plain-text", lambda _: "é"]
)
def test_what_was_tampered_with_is_not_read(damage):
    with pytest.raises(Undecipherable) as refusal:
        decrypt(damage(encrypt(TOKEN)))
    assert str(refusal.value) == "None of ENCRYPTION_KEYS opens a stored secret."
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("", ""), ("a", "…"), ("abcd", "…"), ("x" * 15, "…"), ("x" * 12 + "last", "…last"), (TOKEN, "…cdef")],
)
def test_four_characters_are_shown_of_long_secrets_and_none_of_short_ones(secret, shown):
    assert masked(secret) == shown


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("wxyz%3D", "…wxyz"),
        ("wxyz%3d%3D", "…wxyz"),
        ("wxyz==", "…wxyz"),
        ("wx-y_z%", "…wxyz"),
        ("%3D" * 6, "…cdef"),
        ("=" * 16, "…"),
    ],
)
def test_padding_does_not_take_the_place_of_characters_that_tell_secrets_apart(end, shown):
    assert masked(f"{TOKEN}{end}") == shown


def test_a_fingerprint_tells_secrets_apart_by_our_key_and_by_purpose(settings):
    ours = fingerprint(TOKEN, purpose="one")
    assert ours == fingerprint(TOKEN, purpose="one")
    others = {fingerprint(TOKEN, purpose="two"), fingerprint(f"{TOKEN}0", purpose="one")}
    settings.SECRET_KEY = "another"
    others.add(fingerprint(TOKEN, purpose="one"))
    assert len(others - {ours}) == 3


# The field ------------------------------------------------------------------------------------------------------------


def create(session: CheckinSession) -> None:
    session.save()


def save(session: CheckinSession) -> None:
    session.save(update_fields=["token"])


def update(session: CheckinSession) -> None:
    CheckinSession.objects.filter(pk=session.pk).update(token=session.token)


def bulk_update(session: CheckinSession) -> None:
    CheckinSession.objects.bulk_update([session], ["token"])


def upsert(session: CheckinSession) -> None:
    conflict = {"update_conflicts": True, "update_fields": ["token"], "unique_fields": ["organization", "email"]}
    CheckinSession.objects.bulk_create([session], **conflict)


@pytest.mark.django_db
@pytest.mark.parametrize("write", [create, save, update, bulk_update, upsert])
def test_however_it_is_written_the_table_holds_ciphertext_only(session, keys, write):
    session.token = "planted-and-changed"
    write(session)
    assert opens(keys[0], stored(session.pk)) == "planted-and-changed"
    assert CheckinSession.objects.get().token == "planted-and-changed"
    assert list(CheckinSession.objects.values_list("token", flat=True)) == ["planted-and-changed"]


@pytest.mark.django_db
def test_a_column_copied_in_the_database_is_copied_as_it_is(session):
    CheckinSession.objects.update(token=F("listed_token"))
    assert stored(session.pk) == stored(session.pk, "listed_token")
    assert CheckinSession.objects.get().token == f"{TOKEN}-listed"


@pytest.mark.django_db
def test_dumps_of_rows_leave_it_out(session):
    written = serialize("json", CheckinSession.objects.all())
    assert '"email": "alice@uni.test"' in written
    assert "token_number" in written
    assert "planted" not in written


@pytest.mark.django_db
def test_a_row_that_no_key_opens_cannot_be_read_but_its_other_columns_can(session, settings, keys):
    settings.ENCRYPTION_KEYS = keys[1]
    with pytest.raises(Undecipherable):
        CheckinSession.objects.get()
    assert CheckinSession.objects.defer("token", "listed_token").get().email == "alice@uni.test"


# Keys -----------------------------------------------------------------------------------------------------------------

UNUSABLE = {
    "words": "correct horse battery staple",
    "too short": base64.urlsafe_b64encode(b"k" * 31).decode(),
    "too long": base64.urlsafe_b64encode(b"k" * 33).decode(),
    "one of two": f"{Fernet.generate_key().decode()},planted-key",
    "beyond ASCII": "é" * 44,
    "only commas": " , ,",
}


@pytest.mark.parametrize("keys", UNUSABLE.values(), ids=UNUSABLE)
def test_keys_that_cannot_be_used_are_refused_without_being_shown(settings, keys):
    settings.ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured) as refusal:
        encrypt(TOKEN)
    assert "ENCRYPTION_KEYS must be keys of Fernet" in str(refusal.value)
    assert refusal.value.__suppress_context__
    assert not any(part.strip() and part.strip() in str(refusal.value) for part in keys.split(","))


def test_the_platform_does_not_start_with_them():
    refused = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"DEBUG": "true", "ENCRYPTION_KEYS": "planted-key", "LOG_LEVEL": "DEBUG"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "ENCRYPTION_KEYS must be keys of Fernet" in refused.stderr
    assert "planted" not in refused.stdout + refused.stderr


def test_several_keys_may_have_spaces_and_a_comma_too_many(settings, keys):
    settings.ENCRYPTION_KEYS = f" {keys[0]} , {keys[1]},"
    assert opens(keys[0], encrypt(TOKEN)) == TOKEN
    assert decrypt(Fernet(keys[1]).encrypt(b"old").decode()) == "old"


# Rotation -------------------------------------------------------------------------------------------------------------


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
