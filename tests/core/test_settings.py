"""What the settings take from the environment, and when they refuse it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACK = "SECRET_KEY=of-the-stack\nDATABASE_URL=postgresql://stack@127.0.0.1/stack\n"
ASK = "from config.environment import env; print(env.str('DATABASE_URL', 'none'))"


def python(code: str, *, directory: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run some code with nothing but `environment` to read."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=directory,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_that_production_misses_is_named_once():
    refused = python("import django; django.setup()", DJANGO_SETTINGS_MODULE="config.settings", DEBUG="false")
    assert refused.returncode == 1
    *_, last = refused.stderr.splitlines()
    assert last == (
        "django.core.exceptions.ImproperlyConfigured: Missing settings (required because DEBUG is false): "
        "AUDIT_SIGNING_KEYS, AUDIT_CHECKPOINTS_FILE, "
        "SECRET_KEY, JWT_SIGNING_KEYS, ENCRYPTION_KEYS, ALLOWED_HOSTS, API_KEY, CHECKOUT_API_KEY, METRICS_TOKEN, "
        "DATABASE_URL, REDIS_URL, MONGODB_URI, API_BASE_URL, SMTP_SERVER, EMAIL_SENDER, CTO_EMAIL"
    )


def test_a_limit_that_admits_nobody_is_refused():
    refused = python("import config.settings", DEBUG="true", RATE_LIMIT_REQUESTS="0")
    assert refused.returncode == 1
    assert "RATE_LIMIT_REQUESTS" in refused.stderr.splitlines()[-1]


def test_a_wait_for_the_upstream_that_outlasts_a_workers_task_is_refused():
    refused = python("import config.settings", DEBUG="true", CHECKIN_TIMEOUT_SECONDS="60")
    assert refused.returncode == 1
    assert "CHECKIN_TIMEOUT_SECONDS" in refused.stderr.splitlines()[-1]


def test_a_lease_that_ends_before_mongodb_is_given_up_is_refused_in_production():
    refused = python("import config.settings", DEBUG="false", OUTBOX_LEASE_SECONDS="19")
    assert refused.returncode == 1
    *_, last = refused.stderr.splitlines()
    assert "OUTBOX_LEASE_SECONDS" in last
    assert "Must be greater than or equal to 20." in last


def test_commands_talk_to_the_running_stack_but_productions_never_do(tmp_path):
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "stack.env").write_text(STACK)
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config" / "environment.py", tmp_path / "config")
    stack = "postgresql://stack@127.0.0.1/stack"
    assert python(ASK, directory=tmp_path).stdout.strip() == stack
    assert python(ASK, directory=tmp_path, DEBUG="true").stdout.strip() == stack
    assert python(ASK, directory=tmp_path, DEBUG="false").stdout.strip() == "none"
    assert python(ASK, directory=tmp_path, DATABASE_URL="mine").stdout.strip() == "mine"
