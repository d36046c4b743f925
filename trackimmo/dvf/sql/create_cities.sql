-- Communes that nobody has told us about yet, under a code of today or of old. Should somebody create one of them at
-- this very moment, his is taken.
WITH created AS (
    INSERT INTO trackimmo_city (
        id, organization_id, insee_code, former_codes, name, postal_code, postal_codes, department_code, region_name
    )
    SELECT
        gen_random_uuid(), %(organization_id)s, insee_code, '{}', name, coalesce(postal_codes[1], ''), postal_codes,
        department_code, ''
    FROM dvf_commune AS seen
    WHERE NOT EXISTS (SELECT FROM dvf_city AS known WHERE known.code = seen.insee_code)
    ON CONFLICT (organization_id, insee_code) DO UPDATE SET insee_code = excluded.insee_code
    RETURNING insee_code, id
)
INSERT INTO dvf_city (code, id)
SELECT insee_code, id FROM created
