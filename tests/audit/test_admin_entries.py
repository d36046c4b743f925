"""The log in the Django admin: who sees what of it, what can be asked for, and how one leafs through it."""

from datetime import timedelta
from uuid import UUID, uuid4

import lxml.html
import pytest
from django.urls import reverse

from accounts.models import User
from core import tenancy
from core.cursors import cursor_of
from tests.accounts.conftest import admin_client
from tests.agents.factories import AIAgentFactory
from tests.audit.admin_pages import AWAY, DOWN, LIST, OWN, lines, links, objects
from tests.audit.writing import CAMPAIGN, NOON, PROGRAM, write, write_many

pytestmark = pytest.mark.django_db


def errors(answer) -> dict[str, list[str]]:
    return answer.context["form"].errors


def test_a_line_tells_when_what_to_which_object_who_and_each_change(staff, ours, in_scope, audit_logs):
    agent = AIAgentFactory(name="Sarah")
    changes = {"name": ("Sara", "Sarah"), "assigned_to_id": (None, str(ours.client.pk)), "goals": ({"a": 1}, {"a": 2})}
    write(ours, by=ours.admin, resource_type="ai_agent", resource_ids=(str(agent.pk),), changes=changes)
    write(ours, by=PROGRAM, action="export", at=NOON + timedelta(seconds=1))
    write(ours, action="seal", at=NOON + timedelta(seconds=2))
    answer = staff.get(LIST)
    told = "assigned_to_id: - → client@demo.test goals.a: 1 → 2 name: Sara → Sarah"
    assert [line[:4] + line[5:] for line in lines(answer)] == [
        ["2026-01-27 12:00:02", "seal", f"campaign {CAMPAIGN}", "the platform", "request-1"],
        ["2026-01-27 12:00:01", "export", f"campaign {CAMPAIGN}", f"key {PROGRAM}", "request-1"],
        ["2026-01-27 12:00:00", "update", f"ai_agent {agent.pk}", "admin@demo.test", "request-1"],
    ]
    assert sorted(told.split(" ")) == sorted(lines(answer)[2][4].split(" "))
    to = links(answer)
    assert to[str(agent.pk)] == reverse("admin:agents_aiagent_change", args=[agent.pk])
    assert to["admin@demo.test"] == reverse("admin:accounts_user_change", args=[ours.admin.pk])
    assert CAMPAIGN not in to


def test_many_and_long_changes_are_cut_and_are_whole_on_the_page_of_the_entry(staff, ours, audit_logs):
    changes = {f"field {number}": ("x" * 400, number) for number in range(9)}
    [entry] = write(ours, changes=changes)
    [line] = lines(staff.get(LIST))
    assert line[4].count("→") == 5
    assert line[4].endswith("and 4 more")
    assert "x" * 81 not in line[4]
    assert staff.get(f"{LIST}{entry}/change/").content.decode().count("x" * 400) == 9


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "4321"),
        ({"user": "CLIENT@demo.test"}, "2"),
        ({"action": " Delete "}, "3"),
        ({"resource_type": "AI agent"}, "4"),
        ({"resource_id": "1"}, "1"),
        ({"date_from": "2026-01-28"}, "4"),
        ({"date_to": "2026-01-27"}, "321"),
        ({"date_from": "0001-01-01", "date_to": "9999-12-31"}, "4321"),
        ({"user": str(UUID(int=5))}, ""),
        ({"action": '{"$ne": null}'}, ""),
    ],
    ids=str,
)
def test_what_is_asked_for_is_listed(staff, ours, audit_logs, asked, found):
    write(ours, resource_ids=("1",))
    write(ours, by=ours.client, resource_ids=("2",), at=NOON + timedelta(seconds=1))
    write(
        ours, action="delete", resource_ids=("3",), at=NOON.replace(hour=23, minute=59, second=59, microsecond=999000)
    )
    write(ours, resource_type="ai_agent", resource_ids=("4",), at=NOON.replace(day=28, hour=0))
    answer = staff.get(LIST, asked)
    assert errors(answer) == {}
    assert "".join(objects(answer)) == found
    assert ("There are no such entries." in answer.content.decode()) == (not found)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"user": "nobody"}, {"user": ["Neither an e-mail address nor the id of a user."]}),
        ({"user": "x@demo.test"}, {"user": ["Nobody of the organization has this e-mail address."]}),
        ({"user": "admin@other.test"}, {"user": ["Nobody of the organization has this e-mail address."]}),
        ({"date_from": "yesterday"}, {"date_from": ["Enter a valid date."]}),
        ({"date_from": "2026-01-28", "date_to": "2026-01-27"}, {"date_to": ["Is before the first day."]}),
        ({"action": "a\x00"}, {"action": ["Null characters are not allowed."]}),
        (
            {"action": "a" * 101},
            {"action": ["Ensure this value has at most 100 characters (it has 101)."]},
        ),
        ({"older_than": "x"}, {"__all__": ["The address names no page of this list."]}),
        ({"older_than": cursor_of(0, 2**63)}, {"__all__": ["The address names no page of this list."]}),
        ({"newer_than": cursor_of(0, 2**63)}, {"__all__": ["The address names no page of this list."]}),
        ({"newer_than": "bnVsbA"}, {"__all__": ["The address names no page of this list."]}),
    ],
    ids="-".join,
)
def test_what_cannot_be_asked_is_told_at_its_field_and_lists_nothing(staff, ours, theirs, audit_logs, asked, wrong):
    write(ours)
    answer = staff.get(LIST, asked)
    assert lines(answer) == []
    assert errors(answer) == wrong
    [[words]] = wrong.values()
    assert words in answer.content.decode()
    assert "There are no such entries." not in answer.content.decode()


@pytest.mark.parametrize("asked", [{}, {"action": "update", "date_from": "2026-01-27"}], ids=["all", "some"])
def test_one_leafs_to_the_end_and_back_also_among_entries_of_one_moment(staff, ours, audit_logs, monkeypatch, asked):
    monkeypatch.setattr("audit.admin.entries.PAGE", 2)
    write_many(ours, 5)
    write_many(ours, 3, at=NOON + timedelta(hours=1))
    sheets = [staff.get(LIST, asked)]
    while older := links(sheets[-1]).get("Older"):
        sheets.append(staff.get(f"{LIST}{older}"))
    down = [objects(one) for one in sheets]
    assert down == [["3", "2"], ["1", "5"], ["4", "3"], ["2", "1"]]
    up = [sheets[-1]]
    while newer := links(up[-1]).get("Newer"):
        up.append(staff.get(f"{LIST}{newer}"))
    assert [objects(one) for one in up] == down[::-1]
    assert "Newer" not in links(sheets[0])
    assert objects(staff.get(f"{LIST}{links(sheets[2])['Newest']}")) == ["3", "2"]


def test_what_was_written_meanwhile_is_on_the_newest_page(staff, ours, audit_logs, monkeypatch):
    monkeypatch.setattr("audit.admin.entries.PAGE", 3)
    write_many(ours, 4)
    older = staff.get(f"{LIST}{links(staff.get(LIST))['Older']}")
    assert objects(older) == ["1"]
    write(ours, resource_ids=("new",), at=NOON + timedelta(hours=1))
    newer = staff.get(f"{LIST}{links(older)['Newer']}")
    assert objects(newer) == ["4", "3", "2"]
    assert objects(staff.get(f"{LIST}{links(newer)['Newer']}")) == ["new", "4", "3"]


def test_an_entry_has_a_page_with_all_its_fields(staff, ours, audit_logs):
    write(ours)
    [entry] = write(
        ours, by=ours.admin, resource_type="user", resource_ids=(str(ours.client.pk),), changes={"a": (1, 2)}
    )
    document = audit_logs.find_one({"_id": entry})
    page = staff.get(f"{LIST}{entry}/change/")
    assert page.status_code == 200
    text = lxml.html.fromstring(page.content.decode()).xpath("//div[@id='content-main']")[0].text_content()
    names = ("seq", "action", "resource_type", "resource_id", "user_id", "prev_hash", "hash", "request_id", "_id")
    for name in (*names, "ip_address", "user_agent"):
        assert str(document[name]) in text, name
    assert "2026-01-27 12:00:00.000" in text
    assert links(page)[f"user {ours.client.pk}"] == reverse("admin:accounts_user_change", args=[ours.client.pk])
    assert links(page)["admin@demo.test"] == reverse("admin:accounts_user_change", args=[ours.admin.pk])


def test_nothing_can_be_changed_and_an_entry_has_no_history(staff, ours, audit_logs):
    [entry] = write(ours)
    before = audit_logs.find_one({"_id": entry})
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.post(f"{LIST}{entry}/change/", {"action": "x"}).status_code == 403
    for name in ("delete", "history"):
        assert staff.post(f"{LIST}{entry}/{name}/", {"post": "yes"}, follow=True).redirect_chain[-1][0] == "/admin/"
    chosen = {"action": "delete_selected", "_selected_action": [str(entry)], "post": "yes"}
    staff.post(LIST, chosen)
    assert audit_logs.find_one({"_id": entry}) == before
    assert f"{LIST}{entry}/history/" not in staff.get(f"{LIST}{entry}/change/").content.decode()


def test_staff_who_are_no_admins_see_what_they_did_themselves(viewer, ours, audit_logs):
    [foreign] = write(ours, by=ours.admin, resource_ids=("1",))
    [own] = write(ours, by=ours.agent, resource_ids=("2",))
    answer = viewer.get(LIST)
    assert objects(answer) == ["2"]
    assert OWN in answer.content.decode()
    assert objects(viewer.get(LIST, {"user": "admin@demo.test"})) == []
    assert viewer.get(f"{LIST}{own}/change/").status_code == 200
    assert viewer.get(f"{LIST}{foreign}/change/")["Location"] == "/admin/"
    assert not [words for words in links(answer) if words.startswith("download")]


def test_an_admin_who_is_no_superuser_and_a_superuser_of_another_role_see_all(ours, audit_logs):
    write(ours, by=ours.client, resource_ids=("1",))
    User.unscoped.filter(pk=ours.admin.pk).update(is_staff=True)
    User.unscoped.filter(pk=ours.agent.pk).update(is_staff=True, is_superuser=True)
    for user in (ours.admin, ours.agent):
        answer = admin_client(User.unscoped.get(pk=user.pk)).get(LIST)
        assert objects(answer) == ["1"]
        assert OWN not in answer.content.decode()


def test_another_organizations_entries_are_not_there(staff, ours, theirs, audit_logs):
    with tenancy.scope(theirs.organization.pk):
        agent = AIAgentFactory()
    [foreign] = write(theirs, by=theirs.admin)
    write(ours, resource_type="ai_agent", resource_ids=(str(agent.pk),), by=theirs.admin)
    assert objects(staff.get(LIST)) == [str(agent.pk)]
    assert str(agent.pk) not in links(staff.get(LIST))
    assert f"a user who is gone, {theirs.admin.pk}" in staff.get(LIST).content.decode()
    for number in (foreign, uuid4(), "nothing"):
        answer = staff.get(f"{LIST}{number}/change/", follow=True)
        assert "doesn’t exist" in answer.content.decode()


def test_who_is_no_staff_sees_nothing(ours, audit_logs):
    [entry] = write(ours, by=ours.client)
    for path in (LIST, f"{LIST}{entry}/change/", f"{LIST}export/"):
        answer = admin_client(ours.client).get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


def test_while_mongodb_is_away_it_is_said_so(staff, ours, settings, in_scope):
    settings.MONGODB_URI = DOWN
    answer = staff.get(LIST, {"action": "update"})
    assert answer.status_code == 200
    assert AWAY in answer.content.decode()
    assert "There are no such entries." not in answer.content.decode()
    page = staff.get(f"{LIST}{uuid4()}/change/", follow=True)
    assert (page.redirect_chain, page.status_code) == ([(LIST, 302)], 200)
    assert AWAY in page.content.decode()


def test_what_hostile_people_typed_is_text(staff, ours, audit_logs):
    hostile = "<script>alert(1)</script>{{ 7|add:7 }}"
    [entry] = write(
        ours,
        by=hostile,
        action=hostile,
        resource_type=hostile,
        resource_ids=(hostile,),
        changes={hostile: (hostile, hostile)},
    )
    for path in (LIST, f"{LIST}{entry}/change/"):
        page = staff.get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page


@pytest.mark.parametrize("kind", ["campaign", "property", "user", "daily_run", "checkin_refresh", "conversation"])
def test_an_id_that_no_such_object_could_have_leads_nowhere(staff, ours, audit_logs, kind):
    write(ours, resource_type=kind, resource_ids=("9" * 40, "2026-01-27", "é", "007", ""))
    answer = staff.get(LIST)
    assert len(lines(answer)) == 5
    assert not [path for path in links(answer).values() if "/change/" in path and "/audit/entry/" not in path]


def test_the_list_costs_the_same_for_many_entries(staff, ours, in_scope, audit_logs, counted):
    write(ours, by=ours.admin, resource_type="user", resource_ids=(str(ours.client.pk),))
    with counted("admin: GET entries"):
        assert len(lines(staff.get(LIST))) == 1
    agents = tuple(str(AIAgentFactory().pk) for _ in range(3))
    write(ours, by=ours.client, resource_type="ai_agent", resource_ids=agents)
    [entry, *_] = write_many(ours, 30, by=ours.agent, resource_type="user")
    with counted("admin: GET entries, of two kinds"):
        assert len(lines(staff.get(LIST))) == 34
    with counted("admin: GET entry"):
        assert staff.get(f"{LIST}{entry}/change/").status_code == 200
