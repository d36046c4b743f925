"""The log in the Django admin, exported: what is listed, for admins, and recorded."""

import pytest

from tests.audit.admin_pages import AWAY, DOWN, LIST, links
from tests.audit.writing import write, write_many
from tests.stored import audited

pytestmark = pytest.mark.django_db


def test_what_is_listed_is_exported_and_that_is_recorded(staff, ours, in_scope, audit_logs):
    write_many(ours, 2)
    write(ours, action="delete", resource_ids=("3",))
    to = links(staff.get(LIST, {"action": "delete", "older_than": "W10", "surprise": "1"}))
    assert not [words for words in to if words.startswith("download")]
    to = links(staff.get(LIST, {"action": "delete", "date_to": "2026-01-27"}))
    answer = staff.get(to["download Export as CSV"])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(b"".join(answer.streaming_content).splitlines()) == 2
    answer = staff.get(to["download Export as NDJSON"])
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-log-')
    assert b"".join(answer.streaming_content).count(b'"action":"delete"') == 1
    told = [(entry["action"], entry["user_id"], entry["changes"]) for entry in audited()[-2:]]
    asked = {"action": [None, "delete"], "until": [None, "2026-01-27T23:59:59.999999+00:00"]}
    assert told == [("export", str(ours.admin.pk), {"format": [None, name], **asked}) for name in ("csv", "ndjson")]


def test_the_whole_log_has_its_checkpoints(staff, ours, audit_logs):
    write_many(ours, 2)
    content = b"".join(staff.get(f"{LIST}export/").streaming_content)
    assert b'{"checkpoint":{' in content


@pytest.mark.parametrize("asked", [{"format": "xml"}, {"date_from": "x"}, {"user": "nobody"}], ids=str)
def test_what_cannot_be_exported_leads_back_and_is_not_recorded(staff, ours, in_scope, audit_logs, asked):
    answer = staff.get(f"{LIST}export/", asked)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LIST)
    assert audited() == []


def test_staff_who_are_no_admins_and_a_question_about_the_file_export_nothing(
    viewer, staff, ours, in_scope, audit_logs
):
    assert viewer.get(f"{LIST}export/").status_code == 403
    assert staff.head(f"{LIST}export/").status_code == 405
    assert audited() == []


def test_while_mongodb_is_away_nothing_is_exported_and_that_is_said(staff, ours, settings, in_scope):
    settings.MONGODB_URI = DOWN
    answer = staff.get(f"{LIST}export/", follow=True)
    assert answer.status_code == 200
    assert AWAY in answer.content.decode()
