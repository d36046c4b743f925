"""The data of `bench_profiles_size`: a year of logouts of a hundred agents with fifty profiles each."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

ORGANIZATION: Final = UUID(int=1)
AGENTS: Final = 100
PROFILES: Final = 50
# The last record is of this moment.
END: Final = datetime.now(UTC)

ONCE: Final = (
    "INSERT INTO accounts_organization (id, name, slug, created_at) VALUES (%(organization)s, 'Bench', 'bench', now())",
    """
    INSERT INTO profiles_browserprofile (organization_id, agent_name, profile_name)
    SELECT %(organization)s, 'Agent_' || lpad(agent::text, 3, '0'), 'profile_gmail_' || agent || '_' || profile
    FROM generate_series(1, %(agents)s) AS agent, generate_series(1, %(profiles)s) AS profile
    """,
)
RECORDS: Final = (
    "TRUNCATE logged_out_profiles",
    """
    INSERT INTO logged_out_profiles (organization_id, profile_id, timestamp, created_at, updated_at)
    SELECT %(organization)s, first.id + floor(%(agents)s * %(profiles)s * random())::int, at, at, at
    FROM (SELECT min(id) AS id FROM profiles_browserprofile) AS first, generate_series(1, %(records)s) AS number,
        LATERAL (SELECT %(end)s - interval '365 days' * (1 - number::float8 / %(records)s) AS at) AS moment
    """,
)


def run(*statements: str, records: int = 0) -> None:
    """Run them with the parameters of the data, however long they take."""
    values: dict[str, Any] = {
        "organization": ORGANIZATION,
        "agents": AGENTS,
        "profiles": PROFILES,
        "records": records,
        "end": END,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement, values)
        cursor.execute("RESET statement_timeout")


def name_profiles() -> None:
    """Make the organization and its profiles."""
    run(*ONCE)


def fill(records: int) -> None:
    """Make so many records, and no others."""
    run(*RECORDS, "VACUUM ANALYZE", records=records)
