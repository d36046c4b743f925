"""A process that refreshes sessions: `python -m tests.checkin.upstream.worker < {email: token}`.

It prints a line of JSON when it is ready, waits for a line, and prints how each refresh ended.
"""

import json
import sys

import django

django.setup()

from tests.checkin.upstream.refreshes import refresh_all  # noqa: E402 -- Django first

if __name__ == "__main__":
    tokens = json.loads(sys.stdin.readline())
    print(json.dumps("ready"), flush=True)
    sys.stdin.readline()
    done = refresh_all(tokens)
    print(json.dumps({email: one.answer.verdict for email, one in done.items()}), flush=True)
