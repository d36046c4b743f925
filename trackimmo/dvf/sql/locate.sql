-- The city of every commune code, of today's first.
CREATE UNLOGGED TABLE dvf_city AS
SELECT DISTINCT ON (code) code, id
FROM (
    SELECT insee_code AS code, id, false AS is_former
    FROM trackimmo_city
    WHERE organization_id = %(organization_id)s
    UNION ALL
    SELECT unnest(former_codes), id, true
    FROM trackimmo_city
    WHERE organization_id = %(organization_id)s
) AS known
ORDER BY code, is_former
