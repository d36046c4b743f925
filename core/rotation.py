"""Moving stored secrets to the first of ENCRYPTION_KEYS."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from core.secrets import EncryptedTextField, box, is_of_first_key

BATCH_SIZE: Final = 500


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of a field: how many secrets were encrypted anew, and how many none of the keys opens.

    Of those that were encrypted anew `moved` had been encrypted with another key than the first.
    """

    field: str
    rotated: int
    moved: int
    lost: int


def rotate_all() -> Iterator[Rotation]:
    """Encrypt every secret of every organization anew, a field at a time. A secret that changes meanwhile is left."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield _rotate(model, field.name)


def _rotate(model: type[models.Model], name: str) -> Rotation:
    rows = model._base_manager.annotate(stored_secret=Cast(name, models.TextField())).filter(stored_secret__gt="")
    rotated = moved = lost = 0
    for pk, stored in rows.values_list("pk", "stored_secret").iterator(BATCH_SIZE):
        try:
            fresh = box().rotate(stored.encode()).decode()
        except InvalidToken:
            lost += 1
            continue
        change: dict[str, Any] = {name: models.Value(fresh, output_field=models.TextField())}
        if rows.filter(pk=pk, stored_secret=stored).update(**change):
            rotated += 1
            moved += not is_of_first_key(stored)
    return Rotation(f"{model._meta.label}.{name}", rotated, moved, lost)
