"""Where mails' links lead."""

from django.conf import settings
from django.urls import reverse


def absolute_url(name: str, *arguments: object) -> str:
    """A page of ours as the world sees it."""
    return settings.API_BASE_URL.rstrip("/") + reverse(name, args=arguments)
