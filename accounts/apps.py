"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organizations, users, login sessions and API keys."""

    name = "accounts"
