-- The communes of this file's properties. Of two spellings the one with small letters is taken, which sorts last.
CREATE UNLOGGED TABLE dvf_commune AS
SELECT
    commune AS insee_code,
    left(coalesce(max(name COLLATE "C"), commune), 120) AS name,
    coalesce(array_agg(postal_code ORDER BY postal_code) FILTER (WHERE postal_code <> ''), '{}') AS postal_codes,
    left(commune, CASE WHEN commune >= '97' THEN 3 ELSE 2 END) AS department_code
FROM (
    SELECT commune, postal_code, max(commune_name COLLATE "C") AS name
    FROM dvf_property
    GROUP BY commune, postal_code
) AS spelling
GROUP BY commune
