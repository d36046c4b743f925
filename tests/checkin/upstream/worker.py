"""A process that refreshes sessions: `python -m tests.checkin.upstream.worker < {email: token}`.

It prints a line of JSON when it is ready, waits for a line, and prints how each refresh ended.
"""

import json
import sys
from typing import Any

import django

django.setup()

from tests.checkin.upstream.refreshes import refresh_all  # noqa: E402 -- Django first


def say(value: Any) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    tokens = json.loads(sys.stdin.readline())
    say("ready")
    sys.stdin.readline()
    done = refresh_all(tokens)
    say({email: one.answer.verdict for email, one in done.items()})
