"""POST /api/v1/auth/logout/"""

import pytest

from tests.accounts.conftest import audited, device_for, device_of, live_sessions

pytestmark = pytest.mark.django_db

PATH = "/api/v1/auth/logout/"


def test_both_tokens_stop_working_at_once_and_other_devices_stay(ours):
    phone, laptop = device_for(ours.client), device_for(ours.client)
    answer = phone.post(PATH, {})
    assert (answer.status_code, answer.json()) == (200, {"success": True, "message": "Logged out."})
    assert not phone.is_in()
    assert phone.renew().status_code == 401
    assert laptop.is_in()
    assert audited()[-1] == ("logout", "user", str(ours.client.pk))


def test_a_body_is_not_needed(ours):
    phone = device_for(ours.client)
    assert phone.post(PATH, None).status_code == 200
    assert not phone.is_in()


def test_the_refresh_token_may_be_sent_along_even_a_renewed_one(ours):
    phone = device_for(ours.client)
    renewed = device_of(phone.renew())
    assert phone.post(PATH, {"refresh": renewed.refresh}).status_code == 200
    assert not renewed.is_in()
    assert live_sessions(ours.client) == 0


def test_another_of_ones_own_logins_ends_too_when_its_token_is_sent(ours):
    phone, laptop = device_for(ours.client), device_for(ours.client)
    assert phone.post(PATH, {"refresh": laptop.refresh}).status_code == 200
    assert not phone.is_in()
    assert not laptop.is_in()


@pytest.mark.parametrize("neighbour", ["ours", "theirs"])
def test_the_login_of_somebody_else_cannot_be_ended(ours, theirs, neighbour):
    phone, other = device_for(ours.client), device_for({"ours": ours.agent, "theirs": theirs.client}[neighbour])
    answer = phone.post(PATH, {"refresh": other.refresh})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"refresh": ["This token belongs to another login."]}
    assert other.is_in()
    assert phone.is_in()


@pytest.mark.parametrize(
    "body", [{"refresh": "x"}, {"refresh": 7}, {"refresh": None}, {"all": True}, [], {"refresh": ""}]
)
def test_bad_input_ends_nothing(ours, body):
    phone = device_for(ours.client)
    assert phone.post(PATH, body).status_code == 400
    assert phone.is_in()
    assert live_sessions(ours.client) == 1


def test_logging_out_twice_is_refused_like_any_ended_login(ours):
    phone = device_for(ours.client)
    phone.post(PATH, {})
    answer = phone.post(PATH, {})
    assert (answer.status_code, answer.json()) == (401, {"detail": "This login has ended. Log in again."})
    assert [one[0] for one in audited()] == ["login", "logout"]


def test_whoever_is_not_logged_in_cannot_log_out(ours, http):
    phone = device_for(ours.client)
    assert http.post(PATH, {"refresh": phone.refresh}, format="json").status_code == 401
    assert phone.is_in()


def test_logging_out_works_without_redis_and_holds_when_it_is_back(ours, settings, request):
    phone = device_for(ours.client)
    request.getfixturevalue("no_redis")
    assert phone.post(PATH, {}).status_code == 200
    assert not phone.is_in()
