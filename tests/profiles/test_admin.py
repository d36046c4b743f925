"""The log in the Django admin."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from config import admin_tables
from core import tenancy
from profiles.models import BrowserProfile, LoggedOutProfile
from tests.profiles.factories import LoggedOutProfileFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

LOG = "/admin/profiles/loggedoutprofile/"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FORM = {"agent_name": "Ann", "profile_name": "x", "reason": ""}


@pytest.fixture
def staff(ours) -> Browser:
    """A browser in which a superuser of ours is logged in."""
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save(update_fields=["is_staff", "is_superuser"])
    browser = Browser()
    browser.force_login(ours.admin)
    return browser


def logout(agent: str = "Ann", profile: str = "x", **fields) -> LoggedOutProfile:
    return LoggedOutProfileFactory(profile__agent_name=agent, profile__profile_name=profile, **fields)


def listed(answer) -> list[int]:
    assert answer.status_code == 200
    return [record.pk for record in answer.context["cl"].result_list]


def test_the_list_is_newest_first_and_costs_the_same_for_many_profiles(staff, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        logout()
    first = logout()
    with CaptureQueriesContext(connection) as few:
        assert listed(staff.get(LOG)) == [first.pk]
    others = [logout(f"agent {number}") for number in range(10)]
    with CaptureQueriesContext(connection) as many:
        assert listed(staff.get(LOG)) == [record.pk for record in reversed([first, *others])]
    assert len(many) == len(few)


def test_a_long_log_is_counted_as_far_as_people_page(staff, in_scope, monkeypatch):
    monkeypatch.setattr(admin_tables, "COUNTED_ROWS", 3)
    for _ in range(5):
        logout()
    assert str(staff.get(LOG).context["cl"].paginator.count) == "3+"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "AN"}, "ca"),
        ({"q": "ob y"}, ""),
        ({"q": "y"}, "cb"),
        ({"q": "%"}, ""),
        ({"agent_name": "Ann"}, "ca"),
        ({"agent_name": "ann"}, ""),
        ({"agent_name": "Bob", "q": "y"}, "b"),
        ({"timestamp__gte": "2026-03-11 00:00:00+00:00", "timestamp__lt": "2026-03-12 00:00:00+00:00"}, "b"),
    ],
    ids=str,
)
def test_what_is_searched_is_listed_and_exported(staff, in_scope, query, found):
    names = {"a": ("Ann", "x"), "b": ("Bob", "y"), "c": ("Ann", "y")}
    letters = {
        logout(agent, profile, timestamp=NOON.replace(day=10 + day)).pk: letter
        for day, (letter, (agent, profile)) in enumerate(names.items())
    }
    assert "".join(letters[pk] for pk in listed(staff.get(LOG, query))) == found
    exported = b"".join(staff.get(f"{LOG}export/", query)).decode("utf-8-sig").splitlines()[1:]
    assert "".join(letters[int(line.split(",")[0])] for line in exported) == found
    assert [entry["action"] for entry in audited()] == ["export"]


def test_the_page_leads_to_the_export_of_what_it_lists(staff, in_scope):
    assert f'href="{LOG}export/?agent_name=Ann"' in staff.get(LOG, {"agent_name": "Ann"}).content.decode()
    assert staff.get(f"{LOG}export/", {"timestamp__gte": "x"}).status_code == 400


def test_a_record_is_added_through_the_service(staff, in_scope, ours):
    assert staff.post(f"{LOG}add/", {**FORM, "agent_name": " Ann ", "reason": "by hand"}).status_code == 302
    record = LoggedOutProfile.objects.select_related("profile").get()
    assert (record.profile.agent_name, record.profile.profile_name, record.reason) == ("Ann", "x", "by hand")
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"], entry["user_id"]) == (
        "create",
        "logged_out_profile",
        str(record.pk),
        str(ours.admin.pk),
    )


WRONG = [{"agent_name": ""}, {"profile_name": "   "}, {"agent_name": "x" * 256}, {"reason": "a\0"}]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: next(iter(wrong)))
def test_what_is_wrong_is_told_on_the_form(staff, in_scope, wrong):
    assert staff.post(f"{LOG}add/", {**FORM, **wrong}).status_code in {200, 400}
    assert not LoggedOutProfile.objects.exists()
    assert audited() == []


def test_a_record_is_corrected(staff, in_scope):
    record, other = logout(reason="old"), logout()
    page = staff.get(f"{LOG}{record.pk}/change/")
    assert page.context["adminform"].form.initial["agent_name"] == "Ann"
    assert staff.post(f"{LOG}{record.pk}/change/", {**FORM, "agent_name": "Bob", "reason": "old"}).status_code == 302
    record.refresh_from_db()
    other.refresh_from_db()
    assert (record.profile.agent_name, other.profile.agent_name) == ("Bob", "Ann")
    assert [(entry["action"], entry["changes"]) for entry in audited()] == [("update", {"agent_name": ["Ann", "Bob"]})]
    assert staff.get(f"{LOG}{record.pk}/history/").status_code == 200


def test_records_are_deleted_one_by_one_and_together(staff, in_scope):
    records = [logout(reason=str(number)) for number in range(4)]
    assert staff.post(f"{LOG}{records[0].pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [records[1].pk, records[2].pk], "post": "yes"}
    assert staff.post(LOG, chosen).status_code == 302
    assert list(LoggedOutProfile.objects.values_list("pk", flat=True)) == [records[3].pk]
    assert {(entry["action"], entry["resource_id"]) for entry in audited()} == {
        ("delete", str(record.pk)) for record in records[:3]
    }
    assert len(audited()) == 3
    assert BrowserProfile.objects.count() == 1


def test_another_organizations_record_is_not_there(staff, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = logout()
    for action in ("change", "delete", "history"):
        assert staff.get(f"{LOG}{foreign.pk}/{action}/").status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [foreign.pk], "post": "yes"}
    staff.post(LOG, chosen)
    assert LoggedOutProfile.unscoped.get().pk == foreign.pk


def test_staff_who_only_look_may_export_and_not_write(ours, in_scope):
    record = logout()
    ours.agent.is_staff = True
    ours.agent.save(update_fields=["is_staff"])
    browser = Browser()
    browser.force_login(ours.agent)
    assert listed(browser.get(LOG)) == [record.pk]
    assert browser.get(f"{LOG}export/").status_code == 200
    assert browser.post(f"{LOG}add/", FORM).status_code == 403
    assert browser.post(f"{LOG}{record.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LoggedOutProfile.objects.count() == 1


def test_who_is_no_staff_exports_nothing(ours, in_scope):
    browser = Browser()
    browser.force_login(ours.client)
    assert browser.get(f"{LOG}export/").status_code == 302
    assert audited() == []
