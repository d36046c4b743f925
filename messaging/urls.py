"""The routes of messaging: reads as documented, and what fills them."""

from typing import Final

from django.urls import URLPattern

MESSAGE_HISTORY: Final = "api/v1/message-history"

urlpatterns: list[URLPattern] = []
