"""`manage.py fetch_users` and `manage.py refresh_sessions`."""

import pytest
from django.core.management import CommandError, call_command

from checkin.models import CheckinSession
from devstack.upstream.faults import ApiFault, PageFault

pytestmark = pytest.mark.django_db


@pytest.fixture
def users(upstream, ours) -> dict[str, str]:
    """Two users of the upstream, whom we have fetched."""
    tokens = upstream.set_users(["alice@uni.test", "bob@uni.test"])
    call_command("fetch_users")
    return tokens


def run(capsys, *arguments: str) -> list[list[str]]:
    """The rows of the table that the command prints."""
    call_command(*arguments)
    return table(capsys)


def table(capsys) -> list[list[str]]:
    lines = capsys.readouterr().out.splitlines()
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]


def test_users_are_fetched_and_counted(upstream, ours, capsys):
    upstream.set_users(["alice@uni.test", "bob@uni.test"])
    rows = run(capsys, "fetch_users")
    assert rows == [
        ["listed", "2"],
        ["added", "2"],
        ["logged in", "0"],
        ["resumed", "0"],
        ["removed", "0"],
        ["problems", "0"],
    ]
    assert CheckinSession.unscoped.count() == 2


def test_a_list_with_an_entry_that_cannot_be_used_fails_after_the_others_were_taken(upstream, ours, capsys):
    upstream.add_user("alice@uni.test")
    upstream.add_user("nobody")
    with pytest.raises(CommandError, match=r"^Entries of the list that cannot be used: 1, which the log has\.$"):
        call_command("fetch_users")
    assert ["added", "1"] in table(capsys)
    assert CheckinSession.unscoped.get().email == "alice@uni.test"


def test_an_upstream_that_is_away_fails_the_command(users, upstream):
    upstream.set_api_fault(ApiFault.ERROR)
    with pytest.raises(CommandError, match="answered 500"):
        call_command("fetch_users")


def test_all_sessions_are_refreshed_and_listed(users, capsys):
    capsys.readouterr()
    rows = run(capsys, "refresh_sessions")
    assert [(email, status, error) for email, status, _, error in rows] == [
        ("alice@uni.test", "normal", ""),
        ("bob@uni.test", "normal", ""),
    ]


def test_one_that_is_not_normal_afterwards_fails_the_command(users, upstream, capsys):
    upstream.expire("alice@uni.test")
    upstream.set_fault("bob@uni.test", PageFault.GARBAGE)
    capsys.readouterr()
    with pytest.raises(CommandError, match=r"^2 of 2 sessions are not normal: 1 expired, 1 failed\.$"):
        call_command("refresh_sessions")
    assert [status for _, status, _, _ in table(capsys)] == ["expired", "failed"]


def test_one_that_had_expired_before_fails_the_command_every_time(users, upstream, capsys):
    upstream.expire("alice@uni.test")
    for _ in range(2):
        with pytest.raises(CommandError, match=r"^1 of 2 sessions is not normal: 1 expired\.$"):
            call_command("refresh_sessions")
    assert upstream.user("alice@uni.test")["asked"] == 1
    assert upstream.user("bob@uni.test")["asked"] == 2


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("email", [f"{'a' * 22}@department.test", f"{'a' * 64}@{'department.' * 3}test"])
def test_addresses_and_errors_are_printed_whole_however_narrow_the_terminal_is(
    upstream, ours, monkeypatch, capsys, email, is_terminal
):
    upstream.add_user(email, fault=PageFault.WRONG_EMAIL)
    call_command("fetch_users")
    capsys.readouterr()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TTY_COMPATIBLE", "1" if is_terminal else "0")
    with pytest.raises(CommandError, match=r"^1 of 1 sessions is not normal: 1 failed\.$"):
        call_command("refresh_sessions")
    rows = table(capsys)
    error = CheckinSession.unscoped.get().error
    assert error
    assert "".join(row[0] for row in rows) == email
    assert " ".join(row[3] for row in rows if row[3]) == error
    assert rows[0][0] == email or (is_terminal and len(email) > 40)
    assert is_terminal or len(rows) == 1


def test_one_session_is_refreshed_alone(users, upstream, capsys):
    capsys.readouterr()
    assert [row[:2] for row in run(capsys, "refresh_sessions", "--email", "Alice@Uni.Test")] == [
        ["alice@uni.test", "normal"]
    ]
    assert upstream.facts()["page_requests"] == 1
    upstream.expire("bob@uni.test")
    with pytest.raises(CommandError, match=r"^bob@uni\.test: "):
        call_command("refresh_sessions", "--email", "bob@uni.test")
    with pytest.raises(CommandError, match=r"^There is no check-in session of carol@uni\.test\.$"):
        call_command("refresh_sessions", "--email", "carol@uni.test")


def test_nothing_is_printed_of_a_token(users, capsys):
    call_command("refresh_sessions")
    printed = capsys.readouterr()
    stored = CheckinSession.unscoped.values_list("token", flat=True)
    assert not any(token in printed.out + printed.err for token in (*users.values(), *stored))


@pytest.mark.parametrize("command", ["fetch_users", "refresh_sessions"])
def test_without_an_upstream_or_its_organization_the_commands_say_so(ours, settings, command):
    settings.CHECKOUT_API_URL = ""
    with pytest.raises(CommandError, match=r"^Check-in is switched off: CHECKOUT_API_URL is empty\.$"):
        call_command(command)
    settings.CHECKOUT_API_URL = settings.CHECKIN_URL = "http://127.0.0.1:1"
    settings.API_KEY_ORGANIZATION = "nobody"
    with pytest.raises(CommandError, match=r"^There is no organization 'nobody'\.$"):
        call_command(command)
