-- What files say of a commune adds up, whatever their order, until a list of communes or a person confirms it.
UPDATE trackimmo_city AS city
SET name = next.name, postal_codes = next.postal_codes, postal_code = next.postal_codes[1]
FROM (
    SELECT
        known.id,
        CASE WHEN known.name = upper(known.name) THEN greatest(known.name COLLATE "C", seen.name) ELSE known.name END AS name,
        ARRAY(SELECT DISTINCT code FROM unnest(known.postal_codes || seen.postal_codes) AS code ORDER BY code) AS postal_codes
    FROM dvf_commune AS seen
    JOIN trackimmo_city AS known
        ON known.insee_code = seen.insee_code AND known.organization_id = %(organization_id)s
    WHERE known.refreshed_at IS NULL AND seen.postal_codes <> '{}'
) AS next
WHERE city.id = next.id AND (city.name, city.postal_codes) IS DISTINCT FROM (next.name, next.postal_codes)
