"""What is known of closed segments beside what their rows say."""

from django.db import connection

BEHIND_TALLIES = """
    SELECT tally.count, (
        SELECT count(*) FROM logged_out_profiles
        WHERE organization_id = tally.organization_id AND id <= tally.last_id
    ) FROM profiles_tally AS tally
"""
# Counts of a range, and whether its times hold all of its rows.
OF_RANGES = """
    SELECT part.count, count(record.id), bool_and(record.timestamp BETWEEN part.earliest AND part.latest)
    FROM {table} AS part LEFT JOIN logged_out_profiles AS record
        ON record.organization_id = part.organization_id AND record.id BETWEEN part.first_id AND part.last_id
    GROUP BY part.id
"""
# Rows at or before the end of the last range that are in no range.
FORGOTTEN = """
    SELECT count(*) FROM logged_out_profiles AS record
    WHERE record.id <= (SELECT max(last_id) FROM {table} WHERE organization_id = record.organization_id)
      AND NOT EXISTS (
        SELECT FROM {table} AS part WHERE part.organization_id = record.organization_id
          AND record.id BETWEEN part.first_id AND part.last_id
    )
"""
RECORDS = """
    SELECT segment.id AS segment_id, record.profile_id, profile.agent_name, record.timestamp
    FROM profiles_segment AS segment JOIN logged_out_profiles AS record
        ON record.organization_id = segment.organization_id AND record.id BETWEEN segment.first_id AND segment.last_id
    JOIN profiles_browserprofile AS profile ON profile.id = record.profile_id
"""
OF_PROFILES = (
    "SELECT segment_id, profile_id, count FROM profiles_profilecount WHERE count <> 0 ORDER BY 1, 2",
    f"SELECT segment_id, profile_id, count(*) FROM ({RECORDS}) AS record GROUP BY 1, 2 ORDER BY 1, 2",
)
DAY = "(timestamp AT TIME ZONE 'UTC')::date"
OF_DAYS = (
    "SELECT segment_id, day, agent_name, count FROM profiles_daycount WHERE count <> 0 ORDER BY 1, 2, 3",
    f"SELECT segment_id, {DAY}, agent_name, count(*) FROM ({RECORDS}) AS record GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
)


def fetched(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def assert_counts_equal_rows() -> None:
    """Of every organization: tallies, blocks, segments and their counts by profile and day are what the rows say."""
    for counted, rows in fetched(BEHIND_TALLIES):
        assert counted == rows
    for table in ("profiles_block", "profiles_segment"):
        for counted, rows, holds_all in fetched(OF_RANGES.format(table=table)):
            assert (counted, holds_all) == (rows, True)
            assert counted > 0
        assert fetched(FORGOTTEN.format(table=table)) == [(0,)]
    for counted, rows in (OF_PROFILES, OF_DAYS):
        assert fetched(counted) == fetched(rows)
