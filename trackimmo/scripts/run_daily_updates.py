"""`python trackimmo/scripts/run_daily_updates.py [--date D] [--dry-run] [--organization SLUG]`, for cron.

The same as `manage.py run_daily_updates`.
"""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the command with our arguments, from whatever directory."""
    # Of a script only its own directory is in the path.
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line([sys.argv[0], "run_daily_updates", *sys.argv[1:]])


if __name__ == "__main__":
    main()
