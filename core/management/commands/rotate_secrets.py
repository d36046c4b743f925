"""`manage.py rotate_secrets`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.rotation import rotate_all


class Command(BaseCommand):
    """Secrets may change while it runs: what is written meanwhile is encrypted with the first key already."""

    help = (
        "Encrypt every stored secret anew with the first of ENCRYPTION_KEYS. Afterwards the others can be taken out of"
        " it, once no process runs any more that was started when another one was first."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Say how many there were. Raises CommandError if some cannot be read."""
        lost = 0
        for rotation in rotate_all():
            self.stdout.write(f"{rotation.field}: {rotation.rotated}, of which {rotation.moved} had another key")
            lost += rotation.lost
        if lost:
            raise CommandError(
                f"{lost} secrets cannot be read with any of ENCRYPTION_KEYS: put the key that they were encrypted with"
                " back into it."
            )
