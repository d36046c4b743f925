-- Communes that nobody has told us about yet, under a code of today or of old.
INSERT INTO trackimmo_city (
    id, organization_id, insee_code, former_codes, name, postal_code, postal_codes, department_code, region_name
)
SELECT
    gen_random_uuid(), %(organization_id)s, insee_code, '{}', name, coalesce(postal_codes[1], ''), postal_codes,
    department, ''
FROM dvf_commune AS seen
WHERE NOT EXISTS (
    SELECT FROM trackimmo_city AS city
    WHERE city.organization_id = %(organization_id)s
      AND (city.insee_code = seen.insee_code OR seen.insee_code = ANY (city.former_codes))
)
ON CONFLICT (organization_id, insee_code) DO NOTHING
