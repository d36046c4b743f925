"""No secret reaches the log, whatever its field is called; everything else does."""

import pytest

from audit.redaction import is_secret, redact


@pytest.mark.parametrize(
    "name",
    [
        "password", "Password", "new_password", "passwordHash", "passwd", "passphrase", "token", "checkintoken",
        "access_token", "oldToken", "secret", "client_secret_sha256", "key", "api_key", "API-Key", "apiKey", "apikey",
        "keys", "X-Admin-Key", "private_key", "privatekey", "credentials", "Authorization", "session_cookie",
    ],
)  # fmt: skip
def test_names_of_secrets(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["name", "email", "monkey", "keyboard", "turkey_count", "status", "passenger", "bypass"]
)
def test_names_of_other_things(name):
    assert not is_secret(name)


def test_a_name_of_any_length_is_looked_at():
    assert is_secret("x" * 200 + "_password")
    assert not is_secret("x" * 200)


def test_secrets_are_replaced_however_deep_they_are():
    assert redact(
        {
            "password": ("old", "new"),
            "token": (None, "abc"),
            "settings": ({"smtp": [{"password": "x", "host": "a"}]}, None),
            "keys": ([], ["k1", "k2"]),
            "tags": (["a"], ["a", "b"]),
            "age": (1, 2),
        }
    ) == {
        "password": ["[redacted]", "[redacted]"],
        "token": [None, "[redacted]"],
        "settings": [{"smtp": [{"password": "[redacted]", "host": "a"}]}, None],
        "keys": ["[redacted]", "[redacted]"],
        "tags": [["a"], ["a", "b"]],
        "age": [1, 2],
    }
