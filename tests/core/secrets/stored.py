"""What the table holds of a secret."""

from cryptography.fernet import Fernet
from django.db import connection

TOKEN = "planted-token-0123456789abcdef"


def stored(pk: object, column: str = "token") -> str:
    """What the table holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM checkin_checkinsession WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def opens(key: str, secret: str) -> str:
    return Fernet(key).decrypt(secret.encode()).decode()
