"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from core.wsgi import settle, whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = whole_bodies(get_wsgi_application())
settle()
