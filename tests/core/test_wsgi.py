"""What a web process does before its first request."""

import json
import subprocess
import sys

from tests.processes import ROOT

LOADED = """
import gc, json, sys
import config.wsgi
print(json.dumps([gc.get_freeze_count(), len(gc.get_objects()), "agents.views.callbacks" in sys.modules]))
"""


def test_all_that_is_loaded_is_exempt_from_the_garbage_collector_and_the_routes_are_loaded():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOADED], cwd=ROOT, capture_output=True, check=True)
    exempt, others, has_routes = json.loads(done.stdout)
    assert exempt > 100_000
    assert others < exempt / 100
    assert has_routes
