"""How records get into the log: one statement each, which finds the browser profile or writes it down.

They are SQL and not the ORM because of what happens at once. A profile that is known is held against being forgotten
as unused. One that is not is inserted; of two who do that at the same time the second waits, and his update, which
changes nothing, returns the first one's row.
"""

from typing import Final

from audit import services as audit
from profiles.selectors.records import COLUMNS

NEW: Final = "id, timestamp, created_at, updated_at"

PROFILE: Final = """
WITH known AS MATERIALIZED (
    SELECT id FROM profiles_browserprofile
    WHERE organization_id = %(organization_id)s AND agent_name = %(agent_name)s AND profile_name = %(profile_name)s
    FOR KEY SHARE
), made AS (
    INSERT INTO profiles_browserprofile (organization_id, agent_name, profile_name)
    SELECT %(organization_id)s, %(agent_name)s, %(profile_name)s WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (organization_id, agent_name, profile_name) DO UPDATE SET agent_name = excluded.agent_name
    RETURNING id
), profile AS (
    SELECT id FROM known UNION ALL SELECT id FROM made
)
"""

INSERT: Final = f"""
{PROFILE}, record AS (
    INSERT INTO logged_out_profiles (organization_id, profile_id, reason)
    SELECT %(organization_id)s, id, %(reason)s FROM profile
    RETURNING {NEW}
), entry AS (
    {audit.entry_of("record")}
)
SELECT * FROM record
"""  # noqa: S608 -- constants only

# Names in order, so that two batches do not wait for each other.
INSERT_MANY: Final = f"""
WITH item AS MATERIALIZED (
    SELECT * FROM unnest(%(agent_names)s::text[], %(profile_names)s::text[], %(reasons)s::text[])
        WITH ORDINALITY AS item (agent_name, profile_name, reason, number)
), name AS MATERIALIZED (
    SELECT DISTINCT agent_name, profile_name FROM item
), known AS MATERIALIZED (
    SELECT profile.id, profile.agent_name, profile.profile_name
    FROM profiles_browserprofile AS profile JOIN name USING (agent_name, profile_name)
    WHERE profile.organization_id = %(organization_id)s
    FOR KEY SHARE OF profile
), made AS (
    INSERT INTO profiles_browserprofile AS profile (organization_id, agent_name, profile_name)
    SELECT %(organization_id)s, agent_name, profile_name FROM name
    WHERE (agent_name, profile_name) NOT IN (SELECT agent_name, profile_name FROM known)
    ORDER BY agent_name, profile_name
    ON CONFLICT (organization_id, agent_name, profile_name) DO UPDATE SET agent_name = excluded.agent_name
    RETURNING profile.id, profile.agent_name, profile.profile_name
), profile AS (
    SELECT * FROM known UNION ALL SELECT * FROM made
)
INSERT INTO logged_out_profiles (organization_id, profile_id, reason)
SELECT %(organization_id)s, profile.id, item.reason FROM item JOIN profile USING (agent_name, profile_name)
ORDER BY item.number
RETURNING {NEW}
"""  # noqa: S608 -- constants only

UPDATE: Final = f"""
{PROFILE}
UPDATE logged_out_profiles AS record
SET profile_id = profile.id, reason = %(reason)s, updated_at = clock_timestamp()
FROM profile WHERE record.id = %(id)s AND record.organization_id = %(organization_id)s
RETURNING record.updated_at
"""  # noqa: S608 -- constants only

# In the order of the ids, so that two who delete the same do not wait for each other. A statement of its own: one that
# waits sees the record as it is then, but of other tables what was there when it began.
HOLD: Final = """
SELECT FROM logged_out_profiles WHERE organization_id = %(organization_id)s AND id = ANY(%(ids)s) ORDER BY id FOR UPDATE
"""
DELETE: Final = f"""
DELETE FROM logged_out_profiles AS record USING profiles_browserprofile AS profile
WHERE record.organization_id = %(organization_id)s AND record.id = ANY(%(ids)s) AND profile.id = record.profile_id
RETURNING {COLUMNS}
"""  # noqa: S608 -- constants only
