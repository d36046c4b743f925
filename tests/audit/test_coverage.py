"""Whatever a caller changes is in the audit log: every route that writes says what it records, or why it does not.

A new route, a new page of the Django admin or a new command fails here until it has its row.
"""

from typing import Any, Final

import pytest
from django.contrib import admin
from django.core.management import get_commands
from django.utils.timezone import now

from config.admin import AuditedModelAdmin
from core.outbox.models import OutboxEvent
from core.reading import ReadView
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory
from tests.conftest import PASSWORD
from tests.profiles.factories import LoggedOutProfileFactory
from tests.security.test_every_route import ROUTES, VERBS
from tests.stored import audited
from tests.trackimmo.factories import CityFactory, ClientFactory

pytestmark = pytest.mark.django_db

TABLE: Final = """
POST   /api/v1/auth/login                                        login user
POST   /api/v1/auth/logout                                       logout user
POST   /api/v1/auth/password                                     update user, login user
POST   /api/v1/auth/refresh                                      - changes nobody's rights; a reused token is a revoke login_session

POST   /gmail-automation/logged-out-profiles                     create logged_out_profile
POST   /api/v1/logged-out-profiles                               create logged_out_profile
POST   /api/v1/logged-out-profiles/bulk                          create logged_out_profile
POST   /api/v1/logged-out-profiles/bulk-delete                   delete logged_out_profile
PUT    /api/v1/logged-out-profiles/<str:record_id>               update logged_out_profile
PATCH  /api/v1/logged-out-profiles/<str:record_id>               update logged_out_profile
DELETE /api/v1/logged-out-profiles/<str:record_id>               delete logged_out_profile

POST   /api/v1/auth/test                                         - asks only
POST   /api/v1/refresh                                           execute checkin_refresh
POST   /api/v1/refresh-session/<path:email>                      execute checkin_refresh
POST   /api/v1/fetch-users                                       execute checkin_users

POST   /api/agents/ai                                            create ai_agent
PUT    /api/agents/ai/<uuid:agent_id>                            update ai_agent
PATCH  /api/agents/ai/<uuid:agent_id>                            update ai_agent
DELETE /api/agents/ai/<uuid:agent_id>                            delete ai_agent
POST   /api/agents/ai/bulk-actions                               update ai_agent
POST   /api/agents/ai/<uuid:agent_id>/calendar                   update ai_agent
POST   /api/agents/ai/customers                                  create customer
PUT    /api/agents/ai/customers/<uuid:customer_id>               update customer
PATCH  /api/agents/ai/customers/<uuid:customer_id>               update customer
DELETE /api/agents/ai/customers/<uuid:customer_id>               delete customer
POST   /api/agents/ai/callbacks                                  create callback, create customer
PUT    /api/agents/ai/callbacks/<uuid:callback_id>               update callback
PATCH  /api/agents/ai/callbacks/<uuid:callback_id>               update callback
DELETE /api/agents/ai/callbacks/<uuid:callback_id>               delete callback
POST   /api/agents/ai/callbacks/bulk-actions                     update callback
POST   /api/agents/ai/calls                                      create call
PATCH  /api/agents/ai/calls/<uuid:call_id>                       update call

POST   /unsubscribe/<str:token>                                  update client
POST   /api/process-client                                       create processing_job
POST   /api/add-addresses                                        create processing_job
POST   /api/process-retry-queue                                  execute retry_queue
POST   /api/cleanup-jobs                                         delete ended_jobs
PATCH  /api/client-properties/<str:client_id>/<str:address_id>   update assignment
POST   /admin/clients                                            create client
PATCH  /admin/client/<str:client_id>                             update client
DELETE /admin/client/<str:client_id>                             update client
PATCH  /admin/clients/<str:client_id>                            update client
DELETE /admin/clients/<str:client_id>                            update client
POST   /admin/client/<str:client_id>/reset-assignments           update client
POST   /admin/clients/<str:client_id>/reset-assignments          update client
POST   /admin/test-client-processing                             execute client
POST   /admin/test-email                                         execute test_email
DELETE /admin/jobs/cleanup                                       delete ended_jobs
POST   /admin/cities                                             create city
PATCH  /admin/cities/<str:city_id>                               update city

POST   /api/v1/analytics/events                                  create metric_events
POST   /api/v1/message-history/messages                          create conversation
POST   /api/v1/contacts                                          create contact
PATCH  /api/v1/contacts/<uuid:contact_id>                        update contact
POST   /api/v1/conversations/<uuid:conversation_id>/close        close conversation
POST   /api/v1/conversations/<uuid:conversation_id>/reopen       reopen conversation
POST   /api/v1/campaigns                                         create campaign
PATCH  /api/v1/campaigns/<uuid:campaign_id>                      update campaign
DELETE /api/v1/campaigns/<uuid:campaign_id>                      delete campaign
POST   /api/v1/campaigns/<uuid:campaign_id>/recipients           update campaign
POST   /api/v1/campaigns/<uuid:campaign_id>/publish              publish campaign
POST   /api/v1/campaigns/<uuid:campaign_id>/execute              execute campaign
POST   /webhooks/whatsapp                                        create conversation
"""  # noqa: E501
# Reads that leave with data, and are recorded for that.
DOWNLOADS: Final = {
    "GET /api/v1/audit-logs/export": {"export audit_log"},
    "GET /api/v1/logged-out-profiles/export": {"export logged_out_profiles"},
}
# What pages of the Django admin do beyond saving and deleting rows.
PAGES: Final = {
    "GET /admin/audit/entry/export": {"export audit_log"},
    "POST /admin/outbox/outboxevent": {"execute outbox_event"},
}
COMMANDS: Final = {
    "changepassword": "update user",
    "createsuperuser": "create user",
    "erase_client": "delete client",
    "explain_client": "- reads only",
    "fetch_users": "execute checkin_users",
    "forget_logged_out_profiles": "delete logged_out_profiles",
    "import_communes": "- of no organization's: public data",
    "import_dvf": "- of no organization's: public data",
    "import_messages": "create conversation",
    "outbox": "- an operator delivers parked events again, which were recorded before",
    "preview_emails": "- writes files",
    "rebuild_metrics": "- counts anew what is stored",
    "refresh_sessions": "execute checkin_refresh",
    "rotate_secrets": "- the same secrets under another key",
    "run_daily_updates": "execute daily_run",
    "seed_demo": "- through the services, which record",
    "sync_mongo": "- indexes and validators",
    "test_email": "- changes nothing that is kept",
    "verify_audit": "- reads only",
}
ROWS: Final = [line.split(maxsplit=2) for line in TABLE.splitlines() if line]
RECORDS: Final = (
    {f"{verb} {path}": set(said.split(", ")) for verb, path, said in ROWS if not said.startswith("-")}
    | DOWNLOADS
    | PAGES
)
OURS: Final = (
    "accounts",
    "profiles",
    "checkin",
    "agents",
    "trackimmo",
    "audit",
    "analytics",
    "messaging",
    "demo",
    "core",
)


def test_every_route_that_writes_says_what_it_records():
    writing = {
        f"{verb.upper()} {path}"
        for path, view in ROUTES
        for verb in VERBS
        if verb != "get" and hasattr(view, verb) and not (verb == "post" and _is_a_read(view))
    }
    assert writing == {f"{verb} {path}" for verb, path, _ in ROWS}


def _is_a_read(view: type) -> bool:
    """Its POST is its GET with a form."""
    return issubclass(view, ReadView) and view.post is ReadView.post


def test_every_page_of_the_admin_records_what_it_saves_and_deletes():
    silent = {
        model._meta.label for model, page in admin.site._registry.items() if not isinstance(page, AuditedModelAdmin)
    }
    assert silent == set()


def test_every_command_says_what_it_records():
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}
    assert ours == set(COMMANDS)


class World:
    """Something of everything, in our organization."""

    def __init__(self, ours: Any) -> None:
        self.ours = ours
        self.record = LoggedOutProfileFactory()
        self.agent = AIAgentFactory(owner=ours.client)
        self.customer = CustomerFactory(agent=self.agent)
        self.callback = CallbackFactory(customer=self.customer)
        self.city = CityFactory()
        self.client = ClientFactory(cities=[self.city])

    def parked(self) -> OutboxEvent:
        """An event that was given up."""
        return OutboxEvent.objects.create(topic="messaging.message", payload={}, parked_at=now())


RECORD = {"agent_name": "Ann", "profile_name": "ann@gmail"}
AGENT = {"name": "Sarah", "personality_type": "friendly"}
AI = "/api/agents/ai"
# Who calls, what of the world the path names, and the body, or what makes it of the world.
CALLS: Final[dict[str, tuple[str, str, Any]]] = {
    "POST /api/v1/auth/login": ("http", "", lambda w: {"email": w.ours.client.email, "password": PASSWORD}),
    "POST /api/v1/auth/logout": ("admin", "", {}),
    "POST /api/v1/auth/password": (
        "admin", "", {"old_password": PASSWORD, "new_password": "a-long-and-new-one"},
    ),
    "POST /gmail-automation/logged-out-profiles": ("program", "", RECORD),
    "POST /api/v1/logged-out-profiles": ("program", "", RECORD),
    "POST /api/v1/logged-out-profiles/bulk": ("program", "", {"items": [RECORD, RECORD]}),
    "POST /api/v1/logged-out-profiles/bulk-delete": ("program", "", lambda w: {"ids": [w.record.pk]}),
    "PUT /api/v1/logged-out-profiles/<str:record_id>": ("program", "record", RECORD),
    "PATCH /api/v1/logged-out-profiles/<str:record_id>": ("program", "record", {"reason": "kicked"}),
    "DELETE /api/v1/logged-out-profiles/<str:record_id>": ("program", "record", None),
    "GET /api/v1/logged-out-profiles/export": ("program", "", None),
    "GET /api/v1/audit-logs/export": ("admin", "", None),
    "GET /admin/audit/entry/export": ("staff", "", None),
    "POST /admin/outbox/outboxevent": (
        "staff", "", lambda w: {"action": "retry_selected", "_selected_action": [str(w.parked().pk)]},
    ),
    "POST /admin/test-email": ("operator", "", {"recipient": "test@example.com"}),
    f"POST {AI}": ("admin", "", AGENT),
    f"PUT {AI}/<uuid:agent_id>": ("admin", "agent", AGENT),
    f"PATCH {AI}/<uuid:agent_id>": ("admin", "agent", {"name": "Sally"}),
    f"DELETE {AI}/<uuid:agent_id>": ("admin", "agent", None),
    f"POST {AI}/bulk-actions": ("admin", "", lambda w: {"action": "pause", "ids": [str(w.agent.pk)]}),
    f"POST {AI}/<uuid:agent_id>/calendar": ("admin", "agent", {}),
    f"POST {AI}/customers": (
        "admin", "", lambda w: {"agent_id": str(w.agent.pk), "phone_number": "+33612345678", "name": "John"},
    ),
    f"PATCH {AI}/customers/<uuid:customer_id>": ("admin", "customer", {"name": "Johnny"}),
    f"PUT {AI}/customers/<uuid:customer_id>": (
        "admin", "customer", lambda w: {"phone_number": w.customer.phone_number, "name": "Jim"},
    ),
    f"DELETE {AI}/customers/<uuid:customer_id>": ("admin", "customer", None),
    f"POST {AI}/callbacks": (
        "admin", "",
        lambda w: {
            "agent_id": str(w.agent.pk), "customer_phone": "+33612345679", "reason": "x",
            "scheduled_datetime": "2030-01-08T10:00:00Z",
        },
    ),
    f"PATCH {AI}/callbacks/<uuid:callback_id>": ("admin", "callback", {"reason": "another"}),
    f"PUT {AI}/callbacks/<uuid:callback_id>": (
        "admin", "callback",
        lambda w: {
            "customer_id": str(w.customer.pk), "reason": "another", "scheduled_datetime": "2030-01-07T10:00:00Z",
        },
    ),
    f"DELETE {AI}/callbacks/<uuid:callback_id>": ("admin", "callback", None),
    f"POST {AI}/callbacks/bulk-actions": (
        "admin", "", lambda w: {"action": "cancel", "ids": [str(w.callback.pk)]},
    ),
    f"POST {AI}/calls": (
        "admin", "", lambda w: {"customer_id": str(w.customer.pk), "duration_seconds": 5, "outcome": "interested"},
    ),
    "POST /api/process-client": ("program", "", lambda w: {"client_id": str(w.client.pk)}),
    "POST /api/add-addresses": ("program", "", lambda w: {"client_id": str(w.client.pk), "count": 2}),
    "PATCH /admin/clients/<str:client_id>": ("operator", "client", {"first_name": "Jo"}),
    "PATCH /admin/client/<str:client_id>": ("operator", "client", {"first_name": "Jo"}),
    "DELETE /admin/clients/<str:client_id>": ("operator", "client", None),
    "DELETE /admin/client/<str:client_id>": ("operator", "client", None),
    "PATCH /admin/cities/<str:city_id>": ("operator", "city", {"name": "Elsewhere"}),
    "POST /api/v1/analytics/events": (
        "admin", "", {"events": [{"metric": "messages_sent", "value": 1}]},
    ),
}  # fmt: skip


def test_every_call_is_of_a_row():
    assert set(CALLS) <= set(RECORDS)


@pytest.mark.parametrize("endpoint", CALLS)
def test_a_call_records_what_its_row_says(endpoint, ours, in_scope, request):
    caller, of, body = CALLS[endpoint]
    world = World(ours)
    sender = request.getfixturevalue(caller)
    verb, path = endpoint.split()
    if of:
        path = "/".join(str(getattr(world, of).pk) if part.startswith("<") else part for part in path.split("/"))
    OutboxEvent.unscoped.all().delete()
    sent = body(world) if callable(body) else body
    if caller == "staff":  # a browser, which sends forms, and is sent back to the page
        answer = getattr(sender, verb.lower())(f"{path}/", sent)
    else:
        answer = sender.get(path) if verb == "GET" else getattr(sender, verb.lower())(path, sent, format="json")
    assert answer.status_code < (400 if caller == "staff" else 300), answer.content
    assert {f"{entry['action']} {entry['resource_type']}" for entry in audited()} >= RECORDS[endpoint]
