"""What the server of live events calls."""

import os

import django

from core.live.server import LiveApplication

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)
application = LiveApplication("config.live_urls")
