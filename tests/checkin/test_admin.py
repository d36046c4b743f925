"""Check-in in the Django admin."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from checkin import services
from checkin.admin import sessions
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun, UpstreamStanding
from core import tenancy
from core.outbox.models import OutboxEvent
from devstack.upstream.faults import ApiFault, PageFault

pytestmark = pytest.mark.django_db

MODELS = [CheckinSession, RefreshRun, RefreshAttempt, UpstreamStanding]
START = datetime(2026, 3, 21, 10, 30, tzinfo=UTC)
TOKENS = {"token": "planted-token-of-a-session-0001", "listed_token": "planted-listed-token-00000002"}


def path_of(model: type, *parts: object) -> str:
    """The list of a model, or `path_of(Model, pk, "change")`."""
    return "/".join(["/admin/checkin", model._meta.model_name, *(str(part) for part in parts), ""])


@pytest.fixture
def onlooker(ours) -> Browser:
    """A browser in which somebody is logged in who may look at check-in, and do nothing."""
    ours.agent.is_staff = True
    ours.agent.save(update_fields=["is_staff"])
    views = Permission.objects.filter(content_type__app_label="checkin", codename__startswith="view_")
    ours.agent.user_permissions.set(views)
    browser = Browser()
    browser.force_login(ours.agent)
    return browser


@pytest.fixture
def session(in_scope) -> CheckinSession:
    """A session that failed, with one attempt in one run."""
    session = CheckinSession.objects.create(
        email="alice@uni.test", status="failed", error="page.test answered 500.", next_refresh_at=START, **TOKENS
    )
    run = RefreshRun.objects.create(kind="all", total=4, normal=1, failed=1, started_at=START)
    RefreshAttempt.objects.create(
        session=session, run=run, lease_token=uuid4(), outcome="failed", stray_token="planted-stray-token-00000003"
    )
    UpstreamStanding.objects.create(connected=True, checked_at=START)
    return session


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_page_shows_and_none_shows_a_token(staff, session, model):
    row = model.objects.get()
    for path in (path_of(model), path_of(model, row.pk, "change")):
        assert "planted" not in page(staff, path)


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_read_only_even_for_a_superuser(staff, session, model):
    row = model.objects.get()
    before = model.objects.values().get()
    assert staff.get(path_of(model, "add")).status_code == 403
    assert staff.post(path_of(model, row.pk, "delete"), {"post": "yes"}).status_code == 403
    assert staff.post(path_of(model, row.pk, "change"), {"email": "x@uni.test", "token": "new"}).status_code == 403
    assert '<input type="submit"' not in page(staff, path_of(model, row.pk, "change"))
    assert model.objects.values().get() == before


@pytest.mark.parametrize("model", MODELS)
def test_another_organizations_rows_do_not_exist(staff, theirs, model):
    with tenancy.scope(theirs.organization.pk):
        carol = CheckinSession.objects.create(email="carol@other.test")
        run = RefreshRun.objects.create(kind="all")
        RefreshAttempt.objects.create(session=carol, run=run, lease_token=uuid4())
        UpstreamStanding.objects.create(connected=True)
        row = model.objects.get()
    assert path_of(model, row.pk, "change") not in page(staff, path_of(model))
    assert staff.get(path_of(model, row.pk, "change")).status_code == 302


def test_a_session_shows_the_end_of_its_token_and_leads_to_its_attempts(staff, session):
    shown = page(staff, path_of(CheckinSession, session.pk, "change"))
    assert "…0001" in shown
    [history] = re.findall(r'href="(/admin/checkin/refreshattempt/\?[^"]+)"', shown)
    assert page(staff, history).count("alice@uni.test") >= 1


def test_a_token_that_no_key_opens_does_not_break_the_pages(staff, session):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE checkin_checkinsession SET token = 'unreadable', listed_token = 'unreadable'")
    assert "alice@uni.test" in page(staff, path_of(CheckinSession))
    assert "None of ENCRYPTION_KEYS opens a stored secret." in page(
        staff, path_of(CheckinSession, session.pk, "change")
    )
    assert "alice@uni.test" in page(staff, path_of(RefreshAttempt))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=ALICE", {"alice"}),
        ("q=uni.test", {"alice", "bob", "carol", "dave"}),
        ("status__exact=expired", {"bob"}),
        ("is_listed__exact=0", {"dave"}),
        ("q=planted", set()),
    ],
)
def test_sessions_are_searched_by_address_and_filtered(staff, session, query, shown):
    CheckinSession.objects.create(email="bob@uni.test", status="expired")
    CheckinSession.objects.create(email="carol@uni.test", status="normal")
    CheckinSession.objects.create(email="dave@uni.test", status="normal", is_listed=False)
    listed = page(staff, f"{path_of(CheckinSession)}?{query}")
    assert {name for name in ("alice", "bob", "carol", "dave") if f"{name}@uni.test" in listed} == shown


def test_the_list_says_when_each_is_due_or_what_it_waits_for(staff, session):
    CheckinSession.objects.create(email="bob@uni.test", status="expired")
    CheckinSession.objects.create(email="dave@uni.test", status="normal", is_listed=False)
    listed = page(staff, path_of(CheckinSession))
    assert "2026-03-21 10:30" in listed
    assert "when its user has logged in" in listed
    assert "no more: not in the upstream&#x27;s list" in listed


def test_a_run_shows_how_far_it_is(staff, session):
    listed = page(staff, path_of(RefreshRun))
    assert '<progress max="100" value="50" aria-label="50 %">50 %</progress> 2 of 4' in listed


def test_the_bar_of_a_run_that_found_no_session_normal_is_red(staff, session):
    RefreshRun.objects.update(total=2, normal=0, expired=1, failed=1, finished_at=timezone.now())
    assert (
        '<progress max="100" value="100" aria-label="100 %" style="accent-color: #dc2626">100 %</progress> 2 of 2'
        in (page(staff, path_of(RefreshRun)))
    )


def test_no_choice_of_a_filter_is_called_as_the_one_for_all(staff, session):
    listed = page(staff, path_of(RefreshRun))
    by_kind = listed.partition("By kind")[2].partition("</ul>")[0]
    assert re.findall(r'title="([^"]+)"', by_kind) == ["All", "All sessions", "Due", "Single"]


def test_lists_cost_the_same_for_many_rows(staff, session, counted):
    run = RefreshRun.objects.get()
    many = CheckinSession.objects.bulk_create([CheckinSession(email=f"{n}@uni.test", token="t") for n in range(30)])
    RefreshAttempt.objects.bulk_create([RefreshAttempt(session=one, run=run, lease_token=uuid4()) for one in many])
    RefreshRun.objects.bulk_create([RefreshRun(finished_at=timezone.now(), kind="due") for _ in range(30)])
    for model in MODELS:
        with counted(f"admin {model._meta.model_name}"):
            page(staff, path_of(model))


# Actions --------------------------------------------------------------------------------------------------------------


def act(browser: Browser, action: str, *rows: object) -> list[str]:
    """Choose rows of a list and an action; what the page says then, in order."""
    return [said for _, said in act_and_see_levels(browser, action, *rows)]


def act_and_see_levels(browser: Browser, action: str, *rows: object) -> list[tuple[str, str]]:
    """The same, each with what it is shown as."""
    [model] = {type(row) for row in rows}
    sent = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    answer = browser.post(path_of(model), sent, follow=True)
    assert answer.status_code == 200
    return [(message.level_tag, str(message)) for message in answer.context["messages"]]


@pytest.fixture
def users(upstream, in_scope) -> dict[str, CheckinSession]:
    """Two users of the upstream, whom we have fetched and not refreshed."""
    upstream.set_users(["alice@uni.test", "bob@uni.test"])
    services.fetch_users()
    return {session.email: session for session in CheckinSession.objects.all()}


def test_chosen_sessions_are_refreshed_now(staff, users, upstream):
    upstream.expire("bob@uni.test")
    said = act(staff, "refresh_now", *users.values())
    assert said[0] == "alice@uni.test: normal"
    assert said[1].startswith("bob@uni.test: expired (")
    assert len(said) == 2
    assert dict(CheckinSession.objects.values_list("email", "status")) == {
        "alice@uni.test": "normal",
        "bob@uni.test": "expired",
    }


def test_what_came_of_each_has_its_colour(staff, users, upstream):
    upstream.add_user("carol@uni.test", fault=PageFault.WRONG_EMAIL)
    services.fetch_users()
    upstream.expire("bob@uni.test")
    said = act_and_see_levels(staff, "refresh_now", *CheckinSession.objects.order_by("email"))
    assert [level for level, _ in said] == ["success", "warning", "error"]
    assert said[2][1] == "carol@uni.test: failed (The page is another user's: log in again.)"
    upstream.set_api_fault(ApiFault.ERROR)
    assert act_and_see_levels(staff, "check_connection", UpstreamStanding.objects.get()) == [
        ("error", "The upstream is not connected.")
    ]


def test_more_than_a_person_waits_for_are_not_begun(staff, users, upstream, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_AT_ONCE", 1)
    assert act(staff, "refresh_now", *users.values()) == [
        "At most 1 at a time; on the page of the upstream all can be refreshed."
    ]
    assert upstream.facts()["page_requests"] == 0


def test_users_are_fetched_from_the_list_of_sessions(staff, users, upstream):
    upstream.add_user("carol@uni.test")
    assert act(staff, "fetch_users", users["alice@uni.test"]) == [
        "The upstream lists 3 users. New: 1, logged in anew: 0, back: 0, gone: 0, entries that cannot be used: 0."
    ]


def test_the_upstream_is_checked_asked_for_users_and_for_all_sessions(staff, users, upstream):
    standing = UpstreamStanding.objects.get()
    assert act(staff, "check_connection", standing) == ["The upstream is connected."]
    assert act(staff, "fetch_users", standing)[0].startswith("The upstream lists 2 users")
    assert act(staff, "refresh_all", standing) == [
        "The workers refresh all sessions; the newest run tells how far they are."
    ]
    assert (RefreshRun.objects.get().kind, RefreshRun.objects.get().total) == ("all", 2)


def test_what_cannot_be_done_is_told(staff, users, upstream, settings):
    settings.CHECKIN_URL = ""
    assert act(staff, "refresh_now", *users.values()) == ["Check-in is switched off: CHECKIN_URL is empty."]
    assert act(staff, "check_connection", UpstreamStanding.objects.get()) == ["The upstream is not connected."]


def test_what_staff_do_is_in_the_audit_log_under_their_name(staff, users, ours):
    act(staff, "refresh_now", users["alice@uni.test"])
    [entry] = OutboxEvent.objects.filter(topic="audit.entry", payload__resource_type="checkin_refresh")
    assert entry.payload["user_id"] == str(ours.admin.pk)
    assert entry.payload["resource_id"] == str(RefreshRun.objects.get().pk)


def test_who_may_only_look_is_offered_nothing_and_can_do_nothing(onlooker, users, upstream):
    listed = page(onlooker, path_of(CheckinSession))
    assert "alice@uni.test" in listed
    assert "Refresh now" not in listed
    act(onlooker, "refresh_now", *users.values())
    act(onlooker, "refresh_all", UpstreamStanding.objects.get())
    assert upstream.facts()["page_requests"] == 0
    assert not RefreshRun.objects.exists()
