"""`python -m devstack.prepare`: all the platform needs before it serves, in one process to start Django once."""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Bring Postgres and Mongo up to date and make the demo data if it is not there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False)
    call_command("sync_mongo")
    call_command("seed_demo")


if __name__ == "__main__":
    main()
