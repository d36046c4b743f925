"""POST /api/v1/auth/password/"""

import pytest

from accounts.models import User
from core.idempotency.models import IdempotentAnswer
from core.outbox.models import OutboxEvent
from tests.accounts.conftest import audited, device_for, device_of, live_sessions, log_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

PATH = "/api/v1/auth/password/"
NEW = "correct horse battery"


def change(device, old=PASSWORD, new=NEW):
    return device.post(PATH, {"old_password": old, "new_password": new})


def test_every_login_ends_and_the_answer_begins_a_new_one(ours):
    phone, laptop, colleague = device_for(ours.client), device_for(ours.client), device_for(ours.agent)
    answer = change(phone)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["user"]["email"] == "client@demo.test"
    fresh = device_of(answer)
    assert fresh.is_in()
    assert fresh.renew().status_code == 200
    for lost in (phone, laptop):
        assert not lost.is_in()
        assert lost.renew().status_code == 401
    assert colleague.is_in()
    assert log_in("client@demo.test").status_code == 401
    assert log_in("client@demo.test", NEW).status_code == 200


def test_it_is_recorded_without_the_passwords(ours):
    change(device_for(ours.client))
    assert ("update", "user", str(ours.client.pk)) in audited()
    written = " ".join(str(event.payload) for event in OutboxEvent.unscoped.all())
    assert "[redacted]" in written
    assert NEW not in written
    assert PASSWORD not in written


def unchanged(user: User) -> bool:
    return User.unscoped.get(pk=user.pk).check_password(PASSWORD) and live_sessions(user) == 1


def test_the_old_password_must_be_right(ours):
    phone = device_for(ours.client)
    answer = change(phone, old="wrong")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"old_password": ["This is not your password."]}
    assert phone.is_in()
    assert unchanged(ours.client)


@pytest.mark.parametrize("weak", ["short", "password", "client@demo.test", "12345"])
def test_the_new_password_must_be_a_good_one(ours, weak):
    phone = device_for(ours.client)
    answer = change(phone, new=weak)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["new_password"]
    assert phone.is_in()
    assert unchanged(ours.client)


def test_guessing_the_old_password_is_limited_with_failed_logins(ours, settings):
    settings.RATE_LIMIT_ENABLED = False
    phone = device_for(ours.client)
    assert [change(phone, old="wrong").status_code for _ in range(10)] == [400] * 10
    assert change(phone).status_code == 429
    assert log_in("client@demo.test").status_code == 429
    assert unchanged(ours.client)


def test_blanks_are_part_of_a_password(ours):
    change(device_for(ours.client), new=f" {NEW} ")
    assert log_in("client@demo.test", NEW).status_code == 401
    assert log_in("client@demo.test", f" {NEW} ").status_code == 200


def test_an_idempotency_key_does_not_make_the_tokens_be_kept(ours, http):
    phone = device_for(ours.client)
    answer = http.post(
        PATH,
        {"old_password": PASSWORD, "new_password": NEW},
        format="json",
        headers={"Authorization": f"Bearer {phone.access}", "Idempotency-Key": "once"},
    )
    assert answer.status_code == 200
    assert not IdempotentAnswer.unscoped.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"old_password": PASSWORD},
        {"new_password": NEW},
        {"old_password": PASSWORD, "new_password": NEW, "user": "admin@demo.test"},
        {"old_password": PASSWORD, "new_password": [NEW]},
        {"old_password": PASSWORD, "new_password": f"{NEW}\x00"},
        {"old_password": PASSWORD, "new_password": "x" * 257},
    ],
)
def test_bad_input_changes_nothing(ours, body):
    phone = device_for(ours.client)
    assert phone.post(PATH, body).status_code == 400
    assert unchanged(ours.client)


def test_without_redis_it_is_refused(ours, request):
    phone = device_for(ours.client)
    request.getfixturevalue("no_redis")
    assert change(phone).status_code == 503
    assert unchanged(ours.client)


def test_whoever_is_not_logged_in_changes_nothing(ours, http):
    body = {"old_password": PASSWORD, "new_password": NEW}
    assert http.post(PATH, body, format="json").status_code == 401
    assert User.unscoped.get(pk=ours.client.pk).check_password(PASSWORD)
