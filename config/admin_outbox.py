"""The outbox in the admin: to read, and to retry. What is retried is in the audit log."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from audit import services as audit
from config.admin import AuditedModelAdmin
from config.admin_tables import ReadOnly
from core.outbox.consuming import topics
from core.outbox.models import OPEN, OutboxEvent
from core.outbox.parking import hand_over_again

Lookups = list[tuple[str, str]]


class TopicFilter(SimpleListFilter):
    """By topic, without asking the table which there are."""

    title = "topic"
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:  # noqa: ANN401 -- Django's own signature
        return [(topic, topic) for topic in sorted(topics())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxEvent]) -> QuerySet[OutboxEvent]:
        return queryset.filter(topic=self.value()) if self.value() else queryset


class StateFilter(SimpleListFilter):
    """Open, parked or delivered."""

    title = "state"
    parameter_name = "state"
    conditions = {"open": OPEN, "parked": Q(parked_at__isnull=False), "delivered": Q(delivered_at__isnull=False)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:  # noqa: ANN401 -- Django's own signature
        return [(state, state.title()) for state in self.conditions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxEvent]) -> QuerySet[OutboxEvent]:
        return queryset.filter(self.conditions.get(self.value() or "", Q()))


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnly, AuditedModelAdmin):
    """The organization's events."""

    list_display = ["topic", "state", "created_at", "attempts", "available_at", "delivered_at", "last_error"]
    list_filter = [StateFilter, TopicFilter]
    search_fields = ["id__exact", "request_id__exact"]
    show_full_result_count = False
    actions = ["retry_selected"]

    @admin.action(description="Retry the selected events now", permissions=["retry"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[OutboxEvent]) -> None:
        """Hand undelivered events over again; delivered ones among them are left alone."""
        with transaction.atomic():
            reopened = hand_over_again(list(queryset.values_list("pk", flat=True)))
            audit.record_many(action="execute", resource_type=self.audited_type, resource_ids=reopened)
        level = messages.SUCCESS if reopened else messages.WARNING
        self.message_user(request, f"{len(reopened)} of the selected events will be handed over again.", level)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whoever may change the organization's events at all: to look at them is not enough."""
        return request.user.has_perm("outbox.change_outboxevent")
