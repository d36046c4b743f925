"""Answers of the API that are not what was agreed."""

import pytest
import stamina

from checkin.errors import UpstreamUnavailable
from checkin.upstream import UpstreamApi
from checkin.upstream.listing import read_listing


@pytest.fixture
def api(httpserver) -> UpstreamApi:
    return UpstreamApi(address=httpserver.url_for("/"))


@pytest.fixture(autouse=True)
def _once():
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.mark.parametrize(
    "said", ["[]", "null", "3", "{}", '{"success": 1}', '{"success": "true"}', '{"success": null}']
)
def test_success_is_true_or_it_is_none(httpserver, api, said):
    httpserver.expect_request("/api/autocheckin/log").respond_with_data(said)
    with pytest.raises(UpstreamUnavailable, match="answered JSON of another shape"):
        api.log("alice@demo.test", "Normal", "")


@pytest.mark.parametrize("users", ["", ', "autoCheckinUsers": null', ', "autoCheckinUsers": {"a": 1}'])
def test_users_are_a_list(httpserver, api, users):
    httpserver.expect_request("/api/autocheckin/users").respond_with_data('{"success": true' + users + "}")
    with pytest.raises(UpstreamUnavailable, match="answered JSON of another shape"):
        api.users()


@pytest.mark.parametrize("result", ["{}", "[]", '{"changedRows": "1"}', '{"changedRows": true}', '{"changedRows": -1}'])
def test_changed_rows_are_a_count(httpserver, api, result):
    httpserver.expect_request("/api/autocheckin/update").respond_with_data(
        '{"success": true, "result": ' + result + "}"
    )
    with pytest.raises(UpstreamUnavailable, match="answered JSON of another shape"):
        api.update_token("alice@demo.test", "old", "new")


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"success": true} x', "\x00", '{"success": NaN}'])
def test_what_is_no_json_is_told(httpserver, api, body):
    httpserver.expect_request("/api/autocheckin/test").respond_with_data(body)
    with pytest.raises(UpstreamUnavailable, match=r"not JSON|more than we read"):
        api.test()


def test_an_answer_without_end_is_not_read_to_its_end(httpserver, api):
    httpserver.expect_request("/api/autocheckin/test").respond_with_data(" " * (1 << 17))
    with pytest.raises(UpstreamUnavailable, match="answered more than we read"):
        api.test()


def test_an_entry_that_cannot_be_used_is_left_out_and_told():
    good = {"email": " Alice@Demo.test ", "checkintoken": "eyJ"}
    bad = [
        None,
        [],
        {},
        {"email": "nobody", "checkintoken": "eyJ"},
        {"email": 3, "checkintoken": "eyJ"},
        {"email": f"{'a' * 60}@{'b.' * 100}test", "checkintoken": "eyJ"},
        {"email": "bob@demo.test"},
        {"email": "bob@demo.test", "checkintoken": "s3cret;x"},
        {"email": "bob@demo.test", "checkintoken": ""},
    ]
    listing = read_listing([*bad, good])
    assert [(user.email, user.token) for user in listing] == [("alice@demo.test", "eyJ")]
    assert listing.problems == (
        "Entry 1 is not an object.",
        "Entry 2 is not an object.",
        *(f"Entry {number} has no e-mail address." for number in (3, 4, 5, 6)),
        *(f"Entry {number} (bob@demo.test) has no token that can be used." for number in (7, 8, 9)),
    )
    assert set(listing.tokenless) == {"bob@demo.test"}


def test_of_an_address_that_is_listed_twice_the_later_entry_counts():
    entries = [
        {"email": "alice@demo.test", "checkintoken": "first"},
        {"email": "bob@demo.test", "checkintoken": "same"},
        {"email": "ALICE@demo.test", "checkintoken": "second"},
        {"email": "bob@demo.test", "checkintoken": "same"},
    ]
    listing = read_listing(entries)
    assert [(user.email, user.token) for user in listing] == [("alice@demo.test", "second"), ("bob@demo.test", "same")]
    assert listing.problems == ("Entry 3 lists alice@demo.test again with another token, which counts.",)


@pytest.mark.parametrize("time", [None, 0, "", "yesterday", "0001-01-01T00:00:00+14:00", {}, "2024-13-01"])
def test_a_time_that_cannot_be_read_is_none(time):
    [user] = read_listing([{"email": "alice@demo.test", "checkintoken": "t", "checkinReportTime": time}])
    assert user.report_time is None
