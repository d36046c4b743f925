"""Sums by day and hour over HTTP, as documented, and what may be asked beyond that."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import orjson
import pytest

from analytics.documents import METRIC_ROLLUPS
from analytics.selectors.series import daily
from analytics.services.counting import count
from core import tenancy
from core.mongo import TenantCollection, database
from core.mongo.guards import scoped_pipeline
from tests.analytics.conftest import DAILY, EVENTS, HOURLY, METRICS, NOW
from tests.analytics.handing import handed

pytestmark = pytest.mark.usefixtures("standing_clock")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def month(ours) -> None:
    """Two days ago 12 events of 125; yesterday 18 that are 2300; today one of 2.5; forty days ago one of 10."""
    organization_id = ours.organization.pk
    made = [(NOW - timedelta(days=2), 125)] * 12
    made += [(NOW - timedelta(days=1), 100)] * 17 + [(NOW - timedelta(days=1, hours=1), 600)]
    made += [(NOW, Decimal("2.5")), (NOW - timedelta(days=40), 10)]
    with tenancy.scope(organization_id):
        count(events=handed(made, organization_id=organization_id))


def stored_of(metric: str, values: list[int], *, days_ago: int, organization_id: UUID) -> None:
    made = [(NOW - timedelta(days=days_ago), value) for value in values]
    with tenancy.scope(organization_id):
        count(events=handed(made, organization_id=organization_id, metric=metric))


def test_days_are_as_documented(month, reader, counted):
    with counted("GET daily"):
        answer = reader.get(DAILY, {"metric_type": "messages_sent", "days": "30"})
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["success", "metric_type", "period", "count", "data"]
    assert {**body, "data": None} == {
        "success": True,
        "metric_type": "messages_sent",
        "period": "last_30_days",
        "count": 30,
        "data": None,
    }
    assert [row["date"] for row in body["data"]] == [
        f"{NOW - timedelta(days=ago):%Y-%m-%d}" for ago in reversed(range(30))
    ]
    assert body["data"][:27] == [
        {"date": f"{NOW - timedelta(days=ago):%Y-%m-%d}", "total": 0, "count": 0, "average": 0.0}
        for ago in range(29, 2, -1)
    ]
    assert body["data"][27:] == [
        {"date": "2046-01-25", "total": 1500, "count": 12, "average": 125.0},
        {"date": "2046-01-26", "total": 2300, "count": 18, "average": 127.78},
        {"date": "2046-01-27", "total": 2.5, "count": 1, "average": 2.5},
    ]
    assert b'"total":1500,' in answer.content
    assert answer.headers["X-RateLimit-Limit"] == "100"


def test_hours_are_as_documented(ours, reader, counted):
    with tenancy.scope(ours.organization.pk):
        made = [(NOW - timedelta(hours=11), 45), (NOW - timedelta(hours=10), 62), (NOW, 1)]
        count(events=handed(made, organization_id=ours.organization.pk, metric="campaigns_executed"))
    with counted("GET hourly"):
        answer = reader.get(HOURLY, {"metric_type": "campaigns_executed", "hours": "24"})
    body = answer.json()
    assert (answer.status_code, body["period"], body["count"]) == (200, "last_24_hours", 24)
    assert list(body) == ["success", "metric_type", "period", "count", "data"]
    assert body["data"][0] == {"hour": "2046-01-26 11:00", "total": 0}
    assert body["data"][12:15] == [
        {"hour": "2046-01-26 23:00", "total": 45},
        {"hour": "2046-01-27 00:00", "total": 62},
        {"hour": "2046-01-27 01:00", "total": 0},
    ]
    assert body["data"][-1] == {"hour": "2046-01-27 10:00", "total": 1}


def test_unless_told_it_is_a_month_of_messages_and_a_day_of_campaigns(month, reader):
    by_day, by_hour = reader.get(DAILY).json(), reader.get(HOURLY).json()
    assert (by_day["metric_type"], by_day["period"], len(by_day["data"])) == ("messages_sent", "last_30_days", 30)
    assert (by_hour["metric_type"], by_hour["period"], len(by_hour["data"])) == (
        "campaigns_executed",
        "last_24_hours",
        24,
    )


def test_parameters_may_come_as_a_form(month, reader):
    answer = reader.post(DAILY, "metric_type=campaigns_executed&days=7", content_type=FORM)
    assert answer.status_code == 200
    assert answer.json() == reader.get(DAILY, {"metric_type": "campaigns_executed", "days": "7"}).json()


def test_the_metrics_are_as_documented(reader, counted):
    with counted("GET metrics"):
        answer = reader.get(METRICS)
    assert answer.status_code == 200
    assert answer.json()["count"] == 5
    assert [(one["id"], one["label"], one["type"]) for one in answer.json()["data"]] == [
        ("messages_sent", "Messages Sent", "counter"),
        ("campaigns_executed", "Campaigns Executed", "counter"),
        ("conversations_closed", "Conversations Closed", "gauge"),
        ("contacts_created", "Contacts Created", "counter"),
        ("agents_online", "Agents Online", "gauge"),
    ]
    assert answer.json()["data"][4]["description"] == "Number of online agents"


def test_the_period_before_is_compared(month, reader):
    body = reader.get(DAILY, {"days": "2", "compare": "previous"}).json()
    assert [row["total"] for row in body["data"]] == [2300, 2.5]
    assert body["totals"] == {"total": 2302.5, "count": 19, "average": 121.18}
    assert body["previous"] == {
        "count": 2,
        "data": [
            {"date": "2046-01-24", "total": 0, "count": 0, "average": 0.0},
            {"date": "2046-01-25", "total": 1500, "count": 12, "average": 125.0},
        ],
        "totals": {"total": 1500, "count": 12, "average": 125.0},
    }
    assert body["change_percent"] == 53.5


def test_nothing_before_is_no_change(month, reader):
    body = reader.get(HOURLY, {"metric_type": "messages_sent", "hours": "1", "compare": "previous"}).json()
    assert body["data"] == [{"hour": "2046-01-27 10:00", "total": 2.5}]
    assert body["previous"]["data"] == [{"hour": "2046-01-27 09:00", "total": 0}]
    assert body["change_percent"] is None


@pytest.mark.parametrize(
    ("metric", "before", "now", "risen"),
    [
        ("agents_online", [4], [5, 6, 7], 50.0),
        ("agents_online", [3, 3, 3], [3], 0.0),
        ("agents_online", [1, 2, 3], [1], -50.0),
        ("agents_online", [], [3], None),
        ("agents_online", [3], [], None),
        ("agents_online", [0, 0], [3], None),
        ("conversations_closed", [1], [1, 1, 1], 200.0),
        ("contacts_created", [4], [5, 6, 7], 350.0),
    ],
)
def test_of_samples_the_averages_are_compared_and_of_all_else_the_totals(ours, reader, metric, before, now, risen):
    stored_of(metric, before, days_ago=1, organization_id=ours.organization.pk)
    stored_of(metric, now, days_ago=0, organization_id=ours.organization.pk)
    body = reader.get(DAILY, {"metric_type": metric, "days": "1", "compare": "previous"}).json()
    assert (body["totals"]["total"], body["previous"]["totals"]["total"]) == (sum(now), sum(before))
    assert body["change_percent"] == risen


def test_extremes_are_added(month, reader):
    body = reader.get(DAILY, {"days": "4", "extremes": "true", "compare": "previous"}).json()
    assert [(row["min"], row["max"]) for row in body["data"]] == [(None, None), (125, 125), (100, 600), (2.5, 2.5)]
    assert (body["totals"]["min"], body["totals"]["max"]) == (2.5, 600)
    assert body["previous"]["totals"] == {"total": 0, "count": 0, "average": 0.0, "min": None, "max": None}
    hours = reader.get(HOURLY, {"metric_type": "messages_sent", "hours": "1", "extremes": "true"}).json()["data"]
    assert hours == [{"hour": "2046-01-27 10:00", "total": 2.5, "min": 2.5, "max": 2.5}]


def test_a_zone_has_its_own_days_and_hours(ours, reader):
    with tenancy.scope(ours.organization.pk):
        late = datetime(2046, 1, 26, 18, 45, tzinfo=UTC)
        count(events=handed([(late, 7)], organization_id=ours.organization.pk))
    body = reader.get(DAILY, {"days": "2", "tz": "Asia/Kolkata"}).json()
    assert [(row["date"], row["total"]) for row in body["data"]] == [("2046-01-26", 0), ("2046-01-27", 7)]
    hours = reader.get(HOURLY, {"metric_type": "messages_sent", "hours": "16", "tz": "Asia/Kolkata"}).json()["data"]
    assert [(row["hour"], row["total"]) for row in hours][:2] == [("2046-01-27 00:00", 7), ("2046-01-27 01:00", 0)]


def test_totals_are_written_digit_by_digit(ours, reader):
    with tenancy.scope(ours.organization.pk):
        values = [10**12, Decimal("999999999999.999999")]
        count(events=handed([(NOW, value) for value in values], organization_id=ours.organization.pk))
    answer = reader.get(DAILY, {"days": "1"})
    assert b'"total":1999999999999.999999,' in answer.content
    METRIC_ROLLUPS.unscoped().update_one({}, {"$inc": {"sum": 2**63 - 1}})
    METRIC_ROLLUPS.unscoped().update_one({}, {"$inc": {"sum": 2**63 - 1}})
    assert b'"total":18446746073709551613.999999,' in reader.get(DAILY, {"days": "1"}).content
    count_of = orjson.loads(reader.get(DAILY, {"days": "1"}).content)["data"][0]["count"]
    assert count_of == 2


@pytest.mark.parametrize(
    ("path", "parameters", "message"),
    [
        (
            DAILY,
            {"metric_type": "likes"},
            'metric_type: There is no metric "likes": there are messages_sent, campaigns_executed,'
            " conversations_closed, contacts_created, agents_online.",
        ),
        (HOURLY, {"tz": ""}, "tz: This field may not be blank."),
        (DAILY, {"days": "0"}, "days: Ensure this value is greater than or equal to 1."),
        (DAILY, {"days": "1831"}, "days: Ensure this value is less than or equal to 1830."),
        (DAILY, {"days": "many"}, "days: A valid integer is required."),
        (HOURLY, {"hours": "8785"}, "hours: Ensure this value is less than or equal to 8784."),
        (HOURLY, {"days": "1"}, "days: Unknown parameter."),
        (HOURLY, {"tz": "Mars/Olympus"}, "tz: Must be a time zone's IANA name, such as Europe/Paris."),
        (HOURLY, {"tz": "../../etc/passwd"}, "tz: Must be a time zone's IANA name, such as Europe/Paris."),
        (DAILY, {"tz": "Europe"}, "tz: Must be a time zone's IANA name, such as Europe/Paris."),
        (DAILY, {"compare": "next"}, 'compare: "next" is not a valid choice.'),
        (DAILY, {"extremes": "maybe"}, "extremes: Must be a valid boolean."),
        (METRICS, {"limit": "1"}, "limit: Unknown parameter."),
    ],
)
def test_what_cannot_be_answered_is_refused(reader, path, parameters, message):
    answer = reader.get(path, parameters)
    assert (answer.status_code, answer.json()["success"], answer.json()["message"]) == (400, False, message)


def test_a_parameter_in_both_places_is_given_twice(reader):
    answer = reader.post(f"{DAILY}?days=7", "days=8", content_type=FORM)
    assert (answer.status_code, answer.json()["message"]) == (400, "days: Given more than once.")


@pytest.mark.parametrize("path", [DAILY, HOURLY, METRICS, EVENTS])
def test_without_a_login_nothing_is_told(http, ours, path):
    answer = http.post(path) if path == EVENTS else http.get(path)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Authentication credentials were not provided."})


@pytest.mark.parametrize("path", [DAILY, HOURLY, METRICS])
@pytest.mark.parametrize("role", ["admin", "client", "agent"])
def test_everybody_of_an_organization_reads(ours, logged_in, role, path):
    assert logged_in(getattr(ours, role)).get(path).status_code == 200


def test_another_organizations_metrics_are_not_seen(month, stranger):
    assert {row["count"] for row in stranger.get(DAILY).json()["data"]} == {0}


def test_a_bad_mongodb_is_told_as_documented(reader, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"
    answer = reader.get(DAILY)
    assert (answer.status_code, answer.json()["success"]) == (500, False)
    assert "Traceback" not in answer.content.decode()


def test_a_read_looks_at_the_quarters_asked_for_only(month, ours, monkeypatch):
    """However many events they had, and however many other quarters there are."""
    pipelines = []
    original = TenantCollection.aggregate

    def heard(self, pipeline, **options):
        pipelines.append(pipeline)
        return original(self, pipeline, **options)

    monkeypatch.setattr(TenantCollection, "aggregate", heard)
    with tenancy.scope(ours.organization.pk):
        rows = daily(metric="messages_sent", days=3)
    [pipeline] = pipelines
    command = {"aggregate": METRIC_ROLLUPS.name, "pipeline": scoped_pipeline(pipeline, ours.organization.pk)}
    explained = database().command(
        "explain",
        {**command, "cursor": {}},
        verbosity="executionStats",
        codec_options=METRIC_ROLLUPS.unscoped().codec_options,
    )
    statistics = explained.get("executionStats") or explained["stages"][0]["$cursor"]["executionStats"]
    assert sum(row["count"] for row in rows) == 31
    assert (statistics["totalKeysExamined"], statistics["totalDocsExamined"]) == (4, 4)
    assert METRIC_ROLLUPS.unscoped().count_documents({}) == 5
