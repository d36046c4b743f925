"""Rows that the log knows by another name or id than their table has their history, and a page in the log."""

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from checkin.models import RefreshRun
from tests.audit.admin_pages import LIST, links
from tests.audit.writing import write
from tests.messaging.factories import ConversationFactory

pytestmark = pytest.mark.django_db


def history(staff, model: str, row) -> list[list[str]]:
    page = staff.get(reverse(f"admin:{model}_history", args=[row.pk]))
    assert page.status_code == 200
    lines = lxml.html.fromstring(page.content.decode()).xpath("//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in line.xpath("./td")][:2] for line in lines]


def test_a_conversation_s_by_the_id_that_callers_know(staff, ours, in_scope, audit_logs):
    conversation, other = ConversationFactory(), ConversationFactory()
    named = str(conversation.conversation_id)
    assert named != str(conversation.pk)
    write(ours, by=ours.admin, action="close", resource_type="conversation", resource_ids=(named,))
    assert history(staff, "messaging_conversation", conversation) == [["admin@demo.test", "Close"]]
    assert history(staff, "messaging_conversation", other) == []
    assert links(staff.get(LIST))[named] == reverse("admin:messaging_conversation_change", args=[conversation.pk])


def test_a_refresh_run_s_as_the_api_names_it(staff, ours, in_scope, audit_logs):
    run = RefreshRun.objects.create(kind="all", total=1, started_at=timezone.now())
    named = str(run.pk)
    write(ours, by=ours.client, action="execute", resource_type="checkin_refresh", resource_ids=(named,))
    assert history(staff, "checkin_refreshrun", run) == [["client@demo.test", "Execute"]]
    assert links(staff.get(LIST))[named] == reverse("admin:checkin_refreshrun_change", args=[run.pk])
