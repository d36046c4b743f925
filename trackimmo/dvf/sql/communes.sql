-- The communes of this file's properties. Of two spellings the one with small letters is taken, which sorts last.
CREATE TEMPORARY TABLE dvf_commune ON COMMIT DROP AS
SELECT
    commune AS insee_code,
    left(coalesce(max(commune_name COLLATE "C"), commune), 120) AS name,
    coalesce(array_agg(DISTINCT postal_code) FILTER (WHERE postal_code <> ''), '{}') AS postal_codes,
    left(coalesce(max(department), ''), 3) AS department
FROM (SELECT DISTINCT commune, commune_name, postal_code, department FROM dvf_property) AS spelling
GROUP BY commune
