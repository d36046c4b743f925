"""The rows of `bench_profiles`: the same in both tables, in the same order."""

from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from accounts.models import Organization, Scope
from accounts.services import issue_api_key
from core import tenancy
from profiles.services.segments import close_segments

ORGANIZATION: Final = UUID("00000000-0000-4000-8000-000000000001")
AGENTS: Final = 50
PROFILES: Final = 1000
PEER_DATABASE: Final = "peer"
UNHURRIED_SECONDS: Final = 600

# Each agent has twenty profiles; the newest row is of now, the others a second apart.
OURS: Final = (
    "TRUNCATE logged_out_profiles",
    """
    INSERT INTO profiles_browserprofile (organization_id, agent_name, profile_name)
    SELECT %(organization)s, format('Agent_%%s', n %% %(agents)s), format('profile_gmail_%%s', n)
    FROM generate_series(1, %(profiles)s) AS n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO logged_out_profiles (organization_id, profile_id, timestamp, created_at, updated_at)
    SELECT organization_id, profile.id, time, time, time
    FROM generate_series(1, %(rows)s) AS n
    CROSS JOIN LATERAL (SELECT now() - (%(rows)s - n) * interval '1 second' AS time) AS past
    JOIN profiles_browserprofile AS profile ON profile_name = format('profile_gmail_%%s', n %% %(profiles)s + 1)
    ORDER BY n
    """,
)
THEIRS: Final = (
    "TRUNCATE logged_out_profiles",
    """
    INSERT INTO logged_out_profiles (agent_name, profile_name, timestamp, created_at, updated_at)
    SELECT format('Agent_%%s', number %% %(agents)s), format('profile_gmail_%%s', number), time, time, time
    FROM generate_series(1, %(rows)s) AS n
    CROSS JOIN LATERAL (
        SELECT now() - (%(rows)s - n) * interval '1 second' AS time, n %% %(profiles)s + 1 AS number
    ) AS past
    ORDER BY n
    """,
)


def make_callers(count: int) -> list[str]:
    """Our organization, and the secrets of so many API keys of it."""
    Organization.objects.create(pk=ORGANIZATION, name="Benchmark", slug="benchmark")
    with tenancy.scope(ORGANIZATION):
        return [issue_api_key(name=f"caller {n}", scopes=[Scope.PROFILES]).secret for n in range(count)]


def make_peer_database(database_url: str) -> str:
    """The other application's database, on the same server, still empty. Returns its URL."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(PEER_DATABASE)))
    server, _, _ = database_url.rpartition("/")
    return f"{server}/{PEER_DATABASE}"


def fill(database_url: str, peer_url: str, *, rows: int) -> None:
    """Put `rows` rows into either table, and nothing else, with what maintenance has to do to them done."""
    values: dict[str, Any] = {"organization": ORGANIZATION, "rows": rows, "agents": AGENTS, "profiles": PROFILES}
    for url, statements in ((database_url, OURS), (peer_url, THEIRS)):
        with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
            for statement in statements:
                connection.execute(statement, values)
            connection.execute("VACUUM ANALYZE")
    close_segments(seconds=UNHURRIED_SECONDS)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def count(url: str, what: str = "logged_out_profiles") -> int:
    """How many rows a table has."""
    with psycopg.connect(url) as connection:
        [[number]] = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.SQL(what))).fetchall()
    return int(number)
