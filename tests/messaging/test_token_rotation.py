"""Numbers' access tokens move to the first of ENCRYPTION_KEYS with all other secrets."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from core.rotation import rotate_all
from core.secrets import is_of_first_key
from messaging.models import WhatsAppNumber

pytestmark = pytest.mark.django_db


def stored(number) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM messaging_whatsappnumber WHERE id = %s", [number.pk])
        return cursor.fetchone()[0]


def test_a_token_is_encrypted_anew_and_stays_what_it_was(in_scope, settings):
    number = WhatsAppNumber.objects.create(phone_number_id="1", access_token="a token of Meta's")
    settings.ENCRYPTION_KEYS = f"{Fernet.generate_key().decode()},{settings.ENCRYPTION_KEYS}"
    assert not is_of_first_key(stored(number))
    rotations = {one.field: one for one in rotate_all()}
    assert rotations["messaging.WhatsAppNumber.access_token"].moved == 1
    assert is_of_first_key(stored(number))
    assert WhatsAppNumber.objects.get().access_token == "a token of Meta's"
