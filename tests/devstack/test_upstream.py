"""The stand-in of check-in's upstream: what it promises to the tests that lean on it."""

import socket

import httpx
import pytest

from devstack.upstream.control import UpstreamControl
from devstack.upstream.faults import ApiFault, PageFault
from devstack.upstream.server import Upstream
from tests.devstack.conftest import eventually

KEY = {"x-checkout-key": "demo-checkout-key"}
EMAIL = "alice@demo.test"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Upstream(tmp_path_factory.mktemp("upstream"), durable=False)
    server.start()
    yield server
    server.stop()
    assert server.process.exit_code == 0


@pytest.fixture
def control(server) -> UpstreamControl:
    control = UpstreamControl(server.url)
    control.reset()
    return control


def page(control: UpstreamControl, token: str) -> httpx.Response:
    return httpx.get(f"{control.url}/selfregistration", headers={"Cookie": f"a=b; prestostudent_session={token}"})


def api(control: UpstreamControl, path: str, **said: str) -> httpx.Response:
    url = f"{control.url}/api/autocheckin/{path}"
    return httpx.post(url, headers=KEY, json=said) if said else httpx.get(url, headers=KEY)


def test_a_good_token_is_exchanged_at_the_users_page(control):
    token = control.add_user(EMAIL)
    answer = page(control, token)
    assert (answer.status_code, f"\n  {EMAIL}\n" in answer.text) == (200, True)
    assert "<title>Check-In</title>" in answer.text
    assert len(answer.content) > 3000
    new = control.user(EMAIL)["token"]
    assert answer.cookies["prestostudent_session"] == new != token
    assert (control.user(EMAIL)["listed"], control.user(EMAIL)["refreshed"]) == (token, 1)


@pytest.mark.parametrize("token", ["", "unknown", "used"])
def test_another_token_leads_to_the_login_page_with_an_anonymous_one(control, token):
    if token == "used":
        token = control.add_user(EMAIL)
        page(control, token)
    answer = page(control, token)
    assert "<title>Please log in to continue...</title>" in answer.text
    assert EMAIL not in answer.text
    assert page(control, answer.cookies["prestostudent_session"]).text == answer.text


@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"x-checkout-key": "other"}, 403)])
@pytest.mark.parametrize("path", ["test", "users", "nothing"])
def test_the_api_wants_the_key(control, path, headers, status):
    control.add_user(EMAIL)
    answer = httpx.get(f"{control.url}/api/autocheckin/{path}", headers=headers)
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert EMAIL not in answer.text


def test_the_api_answers_as_agreed(control):
    token = control.add_user(EMAIL)
    assert api(control, "test").json() == {"success": True}
    listed = {"email": EMAIL, "checkintoken": token, "checkinReport": None, "checkinReportTime": None}
    assert api(control, "users").json() == {"success": True, "autoCheckinUsers": [listed]}
    changed = [
        api(control, "update", email=EMAIL, oldtoken=old, newtoken=new).json()["result"]["changedRows"]
        for old, new in ((token, "new"), (token, "newer"), ("new", "new"))
    ]
    assert (changed, control.user(EMAIL)["listed"]) == ([1, 0, 0], "new")
    assert api(control, "log", email=EMAIL, state="Normal", message="well").json() == {"success": True}
    assert api(control, "log", email=EMAIL, state="So so", message="well").status_code == 400
    user = api(control, "users").json()["autoCheckinUsers"][0]
    assert (user["checkinReport"], user["checkinReportTime"]) == ("Normal", control.user(EMAIL)["log"][0]["time"])


def test_what_was_seen_is_counted(control):
    token = control.add_user(EMAIL, fault=PageFault.HANG)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(
                f"{control.url}/selfregistration",
                headers={"Cookie": f"prestostudent_session={token}"},
                timeout=0.1,
            )
    control.set_fault(EMAIL, None)
    first, second = (socket.create_connection(("127.0.0.1", int(control.url.rpartition(":")[2]))) for _ in range(2))
    with first, second:
        control.set_pace(latency_seconds=0.2)
        request = f"GET /selfregistration HTTP/1.1\r\nCookie: prestostudent_session={token}\r\n\r\n".encode()
        for connection in (first, second):
            connection.sendall(request)
        assert b"<title>Check-In" in first.recv(100_000)
        assert b"<title>Please log in" in second.recv(100_000)
    facts = control.facts()
    assert (facts["page_requests"], facts["most_at_once"], facts["in_flight"]) == (4, 2, 0)
    assert (facts["overlaps"], facts["faults"]) == ([EMAIL], {"hang": 2})
    control.forget()
    assert control.facts()["page_requests"] == 0


def test_faults_by_chance_are_the_same_with_the_same_seed(control):
    control.set_rates({PageFault.ERROR: 0.3, PageFault.TOO_MANY: 0.3}, seed=7)
    token = control.add_user(EMAIL)
    seen = []
    for _ in range(2):
        control.set_rates({PageFault.ERROR: 0.3, PageFault.TOO_MANY: 0.3}, seed=7)
        statuses = []
        for _ in range(20):
            answer = page(control, token)
            token = control.user(EMAIL)["token"]
            statuses.append(answer.status_code)
        seen.append(statuses)
    assert seen[0] == seen[1]
    assert set(seen[0]) == {200, 429, 500}


def test_users_log_in_leave_and_are_set_in_bulk(control):
    tokens = control.set_users(f"user{number}@demo.test" for number in range(20_000))
    assert len(set(tokens.values())) == len(control.users()) == 20_000
    email, token = next(iter(tokens.items()))
    control.expire(email)
    assert control.user(email)["token"] is None
    new = control.log_in(email)
    assert new == control.user(email)["token"] == control.user(email)["listed"] != token
    assert control.rotate(email) != new == control.user(email)["listed"]
    control.remove_user(email)
    assert len(api(control, "users").json()["autoCheckinUsers"]) == 19_999


def test_faults_of_the_api_may_be_those_of_one_path(control):
    control.set_api_fault(ApiFault.ERROR, path="users")
    assert (api(control, "users").status_code, api(control, "test").status_code) == (500, 200)
    control.set_api_fault(None)
    assert api(control, "users").status_code == 200
    assert control.facts()["api_requests"] == {"users": 2, "test": 1}


def test_what_it_does_not_know_is_told(control):
    assert httpx.get(f"{control.url}/nothing").status_code == 404
    answer = httpx.post(f"{control.url}/control/nothing", json={})
    assert (answer.status_code, answer.json()) == (400, {"error": "ValueError('nothing')"})


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_users_and_tokens_outlive_it(tmp_path, ending):
    server = Upstream(tmp_path)
    server.start()
    control = UpstreamControl(server.url)
    email = "amara.diallo@demo.test"
    token = control.user(email)["listed"]
    assert page(control, token).cookies["prestostudent_session"]
    api(control, "update", email=email, oldtoken=token, newtoken="new")
    before = control.users()
    if ending == "kill":
        state = server.data / "state.json"
        eventually(lambda: state.exists() and before[email]["token"] in state.read_text())
        server.kill()
    else:
        server.stop()
    server.start()
    assert control.users() == before
    assert "Check-In" in page(control, before[email]["token"]).text
    server.stop()
    assert (server.data / "state.json").stat().st_mode & 0o777 == 0o600


def test_the_demonstration_has_users_of_every_kind(tmp_path):
    server = Upstream(tmp_path, durable=False)
    server.start()
    control = UpstreamControl(server.url)
    users = control.users()
    assert len(users) == 12
    assert [user["email"] for user in users.values() if user["token"] is None] == ["jonas.weber@demo.test"]
    assert sorted(user["fault"] for user in users.values() if user["fault"]) == ["error", "wrong-email"]
    assert "not.keiko.tanaka@demo.test" in page(control, users["keiko.tanaka@demo.test"]["listed"]).text
    server.stop()
