"""A process that refreshes an organization's sessions when it is told to: `python -m tests.checkin.drills.process ID`.

It says when it is ready. For each line that it reads it refreshes all and answers how the run stands.
"""

import json
import sys
from uuid import UUID

import django

django.setup()

from checkin import services  # noqa: E402 -- Django first
from core import tenancy  # noqa: E402

LONG_SECONDS = 600.0


def say(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tenancy.scope(UUID(sys.argv[1])):
        say("ready")
        for _ in sys.stdin:
            run = services.refresh_all(wait_seconds=LONG_SECONDS)
            say({"run": str(run.pk), "is_finished": run.finished_at is not None, "error": run.error})
