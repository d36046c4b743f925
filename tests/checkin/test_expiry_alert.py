"""One e-mail to the operators for each session whose user has to log in anew."""

import pytest

from checkin import services
from checkin.models import CheckinSession
from devstack.upstream.faults import PageFault
from tests.stored import queued_mails

EMAIL = "ada@uni.test"
KIND = "cto_checkin_expired"


@pytest.fixture
def ada(upstream, in_scope) -> CheckinSession:
    """The only user's session, which has been refreshed once, and has ended since."""
    upstream.set_users([EMAIL])
    services.fetch_users()
    services.refresh_all()
    upstream.expire(EMAIL)
    return CheckinSession.objects.get()


def test_it_says_who_why_since_when_and_what_to_do(ada, settings):
    services.refresh_all()

    [mail] = queued_mails(KIND)
    assert mail["to"] == settings.CTO_EMAIL
    assert mail["subject"] == f"The check-in session of {EMAIL} has expired"
    for body in (mail["text"], mail["html"]):
        assert "The session has expired: log in again." in body
        assert f"{ada.last_refreshed_at:%Y-%m-%d %H:%M:%S} UTC" in body
        assert f"/admin/checkin/checkinsession/{ada.pk}/change/" in body
        assert "/api/v1/fetch-users" in body
        assert f"ask {EMAIL} to log in" in body


def test_it_shows_no_token(ada, upstream):
    services.refresh_all()

    [mail] = queued_mails(KIND)
    for token in (ada.token, ada.listed_token):
        assert token not in str(mail)
        assert token[-4:] not in mail["text"]


def test_it_is_sent_once_however_often_the_session_is_tried(ada):
    services.refresh_all()
    services.refresh_one(email=EMAIL)
    services.refresh_all()

    assert len(queued_mails(KIND)) == 1


def test_a_session_that_expires_again_after_a_login_is_another_alert(ada, upstream):
    services.refresh_all()
    upstream.log_in(EMAIL)
    services.fetch_users()
    services.refresh_all()
    assert len(queued_mails(KIND)) == 1
    upstream.expire(EMAIL)

    services.refresh_all()

    assert len(queued_mails(KIND)) == 2


def test_a_session_that_was_never_refreshed_says_so(upstream, in_scope):
    upstream.set_users([EMAIL])
    services.fetch_users()
    upstream.expire(EMAIL)

    services.refresh_all()

    [mail] = queued_mails(KIND)
    assert "Last refreshed: never" in mail["text"]


# Another user's page --------------------------------------------------------------------------------------------------

ANOTHER_USERS = "The page is another user's: log in again."


@pytest.fixture
def bea(upstream, in_scope) -> CheckinSession:
    """The only user's session, with whose token the upstream shows somebody else's page."""
    upstream.add_user(EMAIL, fault=PageFault.WRONG_EMAIL)
    services.fetch_users()
    return CheckinSession.objects.get()


def test_another_users_page_is_told_as_what_it_is(bea):
    services.refresh_all()

    [mail] = queued_mails(KIND)
    assert mail["subject"] == f"The check-in page of {EMAIL} is another user's"
    for body in (mail["text"], mail["html"]):
        assert "The page is another user" in body
        assert f"ask {EMAIL} to log in" in body
        assert "expired" not in body
        assert "left alone" not in body


def test_another_users_page_is_told_once_and_stays_the_reason_whatever_comes_between(bea, upstream):
    services.refresh_all()
    for fault in (PageFault.WRONG_EMAIL, PageFault.ERROR, PageFault.WRONG_EMAIL):
        upstream.set_fault(EMAIL, fault)
        session = services.refresh_one(email=EMAIL)
        assert (session.status, session.error) == ("failed", ANOTHER_USERS)

    assert len(queued_mails(KIND)) == 1
    upstream.set_fault(EMAIL, None)
    upstream.expire(EMAIL)
    assert services.refresh_one(email=EMAIL).status == "expired"
    assert len(queued_mails(KIND)) == 1, "that the user has to log in is known"


def test_another_users_page_after_one_that_was_right_is_told_again(bea, upstream):
    for fault in (PageFault.WRONG_EMAIL, None, PageFault.WRONG_EMAIL):
        upstream.set_fault(EMAIL, fault)
        session = services.refresh_one(email=EMAIL)

    assert (session.status, session.error) == ("failed", ANOTHER_USERS)
    assert len(queued_mails(KIND)) == 2
