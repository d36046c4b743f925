"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log of every organization."""

    name = "audit"
    verbose_name = "Audit log"
