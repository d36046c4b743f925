"""`python trackimmo/scripts/test_email_functionality.py --recipient ADDRESS [--test monthly]`.

The same as `manage.py test_email`: without `--test` it sends every e-mail.
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
    execute_from_command_line([sys.argv[0], "test_email", *sys.argv[1:]])


if __name__ == "__main__":
    main()
