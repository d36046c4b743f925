"""Whatever a caller changes is in the audit log: every route that writes says what it records, or why it does not.

A new route, a new page or action of the Django admin or a new command fails here until it has its row.
tests/audit/coverage makes the call of each row that records something.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.management import get_commands
from django.db.models import Model

from accounts.models import Organization
from config.admin import AuditedModelAdmin
from core.api import ApiView
from core.reading import ReadView
from tests.audit.coverage.routes import CALLS
from tests.security.test_every_route import ROUTES, VERBS

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
POST   /api/agents/ai/calls                                      create call, update customer
PATCH  /api/agents/ai/calls/<uuid:call_id>                       update call

POST   /unsubscribe/<str:token>                                  update client
POST   /api/process-client                                       create processing_job
POST   /api/add-addresses                                        create processing_job
POST   /api/process-retry-queue                                  execute retry_queue, execute processing_job
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
POST   /api/v1/campaigns/<uuid:campaign_id>/publish              update campaign
POST   /api/v1/campaigns/<uuid:campaign_id>/execute              execute campaign
POST   /webhooks/whatsapp                                        create conversation, create contact
"""  # noqa: E501
# Reads that leave with data, or that do what their POST does.
READS: Final = {
    "GET /api/v1/fetch-users": {"execute checkin_users"},
    "GET /api/v1/refresh": {"execute checkin_refresh"},
    "GET /api/v1/refresh-session/<path:email>": {"execute checkin_refresh"},
    "GET /api/v1/audit-logs/export": {"export audit_log"},
    "GET /api/v1/logged-out-profiles/export": {"export logged_out_profiles"},
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
RECORDS: Final = {
    f"{verb} {path}": set(said.split(", ")) for verb, path, said in ROWS if not said.startswith("-")
} | READS
# Actions on rows, and on what they show: each calls the service that the API calls.
ADMIN_ACTIONS: Final = """
accounts.ApiKey.revoke                       revoke api_key
accounts.LoginSession.end                    revoke login_session
agents.AIAgent.activate                      update ai_agent
agents.AIAgent.pause                         update ai_agent
agents.AIAgent.reset_training                update ai_agent
agents.Callback.cancel                       update callback
agents.Callback.complete                     update callback
agents.Callback.reschedule                   update callback
agents.Customer.do_not_call_any_more         update customer
checkin.CheckinSession.fetch_users           execute checkin_users
checkin.CheckinSession.refresh_now           execute checkin_refresh
checkin.UpstreamStanding.check_connection    - asks only
checkin.UpstreamStanding.fetch_users         execute checkin_users
checkin.UpstreamStanding.refresh_all         execute checkin_refresh
messaging.Campaign.choose_everybody          update campaign
messaging.Campaign.execute                   execute campaign
messaging.Campaign.publish                   update campaign
messaging.Conversation.close                 close conversation
messaging.Conversation.reopen                reopen conversation
messaging.WhatsAppNumber.resume              resume whatsapp_number
outbox.OutboxEvent.retry_selected            execute outbox_event
trackimmo.Client.deactivate                  update client
trackimmo.Client.process                     create processing_job
"""
ACTIONS_STAND_IN: Final = ("actions", "actions_detail", "actions_list", "actions_row", "actions_submit_line")
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


def writing(routes: Iterable[tuple[str, type]]) -> set[str]:
    """What of the routes may write: all but GETs, and POSTs that are a GET with a form."""
    return {
        f"{verb.upper()} {path}"
        for path, view in routes
        for verb in VERBS
        if verb != "get" and hasattr(view, verb) and not (verb == "post" and _is_a_read(view))
    }


def _is_a_read(view: type) -> bool:
    return issubclass(view, ReadView) and view.post is ReadView.post


def silent_pages(pages: Mapping[type[Model], ModelAdmin]) -> set[str]:
    """The pages of the admin that save and delete without a record."""
    return {model._meta.label for model, page in pages.items() if not isinstance(page, AuditedModelAdmin)}


def actions_of(pages: Mapping[type[Model], ModelAdmin]) -> set[str]:
    """What can be done to rows in the admin besides saving and deleting them."""
    return {
        f"{model._meta.label}.{getattr(action, '__name__', action)}"
        for model, page in pages.items()
        for attribute in ACTIONS_STAND_IN
        for action in getattr(page, attribute, None) or ()
    }


def our_commands(commands: Mapping[str, object]) -> set[str]:
    """Those of our apps."""
    return {name for name, app in commands.items() if str(app).split(".")[0] in OURS}


def test_every_route_that_writes_says_what_it_records():
    assert writing(ROUTES) == {f"{verb} {path}" for verb, path, _ in ROWS}


def test_every_row_that_records_is_called_and_says_what_its_call_leaves():
    called = {endpoint: {entry.said for entry in call.leaves} for endpoint, call in CALLS.items()}
    assert {endpoint: said for endpoint, said in called.items() if said} == RECORDS


def test_every_page_of_the_admin_records_what_it_saves_and_deletes():
    assert silent_pages(admin.site._registry) == set()


def test_every_action_of_the_admin_says_what_it_records():
    assert actions_of(admin.site._registry) == {line.split()[0] for line in ADMIN_ACTIONS.splitlines() if line}


def test_every_command_says_what_it_records():
    assert our_commands(get_commands()) == set(COMMANDS)


def test_what_is_new_has_no_row_and_is_found():
    class NewView(ApiView):
        def patch(self, request): ...

    class NewPage(ModelAdmin):
        actions = ("burn",)

    page = {Organization: NewPage(Organization, admin.site)}
    assert writing([*ROUTES, ("/new", NewView)]) - writing(ROUTES) == {"PATCH /new"}
    assert silent_pages(page) == {"accounts.Organization"}
    assert actions_of(page) == {"accounts.Organization.burn"}
    assert our_commands({"new": "trackimmo", "check": "django.core"}) == {"new"}
