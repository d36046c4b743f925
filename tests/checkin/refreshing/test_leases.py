"""One process at a time refreshes a session, and what a late one brings is not lost."""

import pytest

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from checkin.services.refreshing import settle_interrupted
from checkin.services.refreshing.claiming import claim, give_back
from checkin.services.refreshing.keeping import Rotated, keep_tokens
from checkin.upstream import Verdict
from core.secrets import decrypt
from tests.checkin.refreshing.conftest import EMAIL
from tests.checkin.refreshing.processes import NEW_TOKEN, claimed, is_answered, lease_runs_out
from tests.stored import queued_mails


def test_two_who_claim_never_get_the_same_session(fetched):
    fetched(5)
    run, first = claimed(3)
    second = claim(run, limit=3)

    assert [len(first), len(second)] == [3, 2]
    assert len({one.session_id for one in (*first, *second)}) == 5
    assert claim(run, limit=3) == []
    assert RefreshAttempt.objects.filter(outcome="running").count() == 5


def test_who_has_waited_longest_comes_first(fetched):
    sessions = fetched(3)
    run, [first] = claimed()
    is_answered(run, first)

    _, later = services.refresh_all(), RefreshAttempt.objects.order_by("-id").values_list("session_id", flat=True)
    assert set(later[:2]) == {session.pk for session in sessions} - {first.session_id}


def test_what_is_given_back_stands_as_before(ada):
    run, claims = claimed()

    give_back(claims)

    ada.refresh_from_db()
    assert (ada.lease_token, ada.attempted_at, ada.status) == (None, None, None)
    assert RefreshAttempt.objects.count() == 0
    assert len(claim(run, limit=9)) == 1


def test_a_claim_shows_no_token(ada):
    _, [mine] = claimed()

    assert mine.token == ada.token
    assert ada.token not in repr(mine)
    assert NEW_TOKEN not in repr(Rotated(mine, NEW_TOKEN))


def test_a_token_is_encrypted_in_the_database(ada, django_assert_num_queries):
    _, [mine] = claimed()

    with django_assert_num_queries(1):
        assert keep_tokens([Rotated(mine, NEW_TOKEN)]) == {mine.attempt_id}

    from_database = CheckinSession.objects.extra(select={"stored": "token"}).values_list("stored", flat=True)
    assert NEW_TOKEN not in from_database[0]
    assert decrypt(from_database[0]) == NEW_TOKEN
    ada.refresh_from_db()
    assert (ada.token, ada.token_number, ada.confirmed_number) == (NEW_TOKEN, 2, 1)


def test_to_keep_a_token_again_changes_nothing(ada):
    """The connection broke in the commit, and nobody knows whether it went well."""
    _, [mine] = claimed()
    keep_tokens([Rotated(mine, NEW_TOKEN)])

    assert keep_tokens([Rotated(mine, NEW_TOKEN)]) == {mine.attempt_id}

    ada.refresh_from_db()
    assert (ada.token, ada.token_number) == (NEW_TOKEN, 2)
    assert RefreshAttempt.objects.get().stray_token == ""


def test_a_late_answer_keeps_its_token_and_counts_while_nobody_else_has_the_session(ada):
    run, [mine] = claimed()
    lease_runs_out()
    assert settle_interrupted() == 1

    is_answered(run, mine)

    ada.refresh_from_db()
    assert (ada.token, ada.status, ada.interruption_count) == (NEW_TOKEN, "normal", 0)
    assert RefreshAttempt.objects.get().outcome == "normal"


def test_a_late_token_is_kept_while_another_process_refreshes_with_the_old_one(ada):
    """The other one will be told that the old one has expired: that says nothing about the new one."""
    run, [late] = claimed()
    lease_runs_out()
    settle_interrupted()
    [other] = claim(run, limit=1)

    is_answered(run, late)
    ada.refresh_from_db()
    assert (ada.token, ada.lease_token) == (NEW_TOKEN, other.lease_token)
    is_answered(run, other, Verdict.EXPIRED, token=None)

    ada.refresh_from_db()
    assert (ada.token, ada.status, ada.expired_at, ada.lease_token) == (NEW_TOKEN, None, None, None)
    assert queued_mails() == []
    errors = RefreshAttempt.objects.order_by("id").values_list("outcome", "error")
    assert [outcome for outcome, _ in errors] == ["normal", "expired"]
    assert {error for _, error in errors} == {"Another token took the place of the one that was refreshed."}


def test_a_token_that_comes_too_late_even_for_that_is_put_aside(ada, upstream):
    run, [late] = claimed()
    newer = upstream.log_in(EMAIL)
    services.fetch_users()

    is_answered(run, late)

    ada.refresh_from_db()
    assert (ada.token, ada.status, ada.lease_token) == (newer, None, None)
    attempt = RefreshAttempt.objects.get()
    assert (attempt.stray_token, attempt.outcome, attempt.has_rotated) == (NEW_TOKEN, "normal", True)
    assert services.refresh_all().normal == 1


def test_a_session_that_is_refreshed_just_now_is_waited_for(ada, upstream, monkeypatch):
    run, [mine] = claimed()
    monkeypatch.setattr("checkin.services.refreshing.single.sleep", lambda _: is_answered(run, mine))

    session = services.refresh_one(email=EMAIL)

    assert session.status == "normal"
    assert upstream.facts()["page_requests"] == 0
    assert RefreshAttempt.objects.count() == RefreshRun.objects.count() == 1


def test_a_session_whose_process_died_is_taken_over_by_who_asks(ada, upstream, monkeypatch):
    claimed()
    monkeypatch.setattr("checkin.services.refreshing.single.sleep", lambda _: lease_runs_out())

    session = services.refresh_one(email=EMAIL)

    assert session.status == "normal"
    assert RefreshAttempt.objects.filter(outcome="interrupted").count() == 1
    assert upstream.user(EMAIL)["asked"] == 1


@pytest.mark.parametrize("verdict", [Verdict.NORMAL, Verdict.EXPIRED])
def test_the_answer_for_a_session_that_is_gone_harms_nobody(ada, verdict):
    run, [mine] = claimed()
    ada.delete()

    is_answered(run, mine, verdict, token=None)

    run.refresh_from_db()
    assert run.done == 0
