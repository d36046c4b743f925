"""The mail app."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """The consumer of `mail.send`. It has no tables."""

    name = "core.mail"
