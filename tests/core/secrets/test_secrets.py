"""Secrets that we must read again: encrypted at rest, masked for people."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.serializers import serialize
from django.db.models import F

from checkin.models import CheckinSession
from core.secrets import Undecipherable, decrypt, encrypt, fingerprint, masked
from tests.core.secrets.stored import TOKEN, opens, stored

ROOT = Path(__file__).resolve().parents[3]


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
