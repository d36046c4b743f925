-- The properties of this file, one per dwelling of a sale, or one per sale of land or of undescribed lots. In the order
-- of communes, and with ids that begin with the commune's code, all of whose characters are hexadecimal digits: what is
-- written together lies together, in the table and in its indexes.
CREATE UNLOGGED TABLE dvf_property AS
SELECT
    (published_commune || substr(md5(%(organization)s || sale_text || unit), 6))::uuid AS id,
    md5(sale_text)::uuid AS mutation_key,
    md5(
        published_commune || '|' || coalesce(number, '-') || '|' || coalesce(suffix, '-') || '|'
        || replace(replace(upper(ascii_street), '''', ' '), '-', ' ')
        || CASE WHEN number IS NULL THEN coalesce('|' || plot, '') ELSE '' END
    )::uuid AS address_key,
    left(coalesce(number || coalesce(suffix, '') || ' ', '') || street, 200) AS address_raw,
    CASE WHEN length(postal_code) <= 5 THEN postal_code ELSE '' END AS postal_code,
    CASE kind
        WHEN 1 THEN CASE local_code WHEN '1' THEN 'house' WHEN '2' THEN 'apartment' ELSE 'commercial' END
        WHEN 2 THEN 'other'
        ELSE 'land'
    END AS property_type,
    sale_date,
    round(price)::bigint AS price,
    CASE WHEN surface BETWEEN 1 AND 2147483647 THEN surface::integer END AS surface,
    CASE WHEN land BETWEEN 1 AND 2147483647 THEN land::integer END AS land_surface,
    CASE WHEN rooms BETWEEN 1 AND 32767 THEN rooms::smallint END AS rooms,
    CASE WHEN is_on_earth THEN longitude END AS longitude,
    CASE WHEN is_on_earth THEN latitude END AS latitude,
    commune,
    commune_name
FROM (
    SELECT
        line.kind,
        line.unit,
        line.sale_date,
        line.price,
        line.local_code,
        line.number,
        line.suffix,
        replace(btrim(line.street), '  ', ' ') AS street,
        CASE
            WHEN octet_length(line.street) = length(line.street) THEN replace(btrim(line.street), '  ', ' ')
            ELSE translate(replace(btrim(line.street), '  ', ' '),
                           'àâäçéèêëîïôöùûüÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ’', 'aaaceeeeiioouuuAAACEEEEIIOOUUU''')
        END AS ascii_street,
        coalesce(line.postal_code, '') AS postal_code,
        line.commune,
        line.commune_name,
        line.surface,
        line.rooms,
        line.longitude,
        line.latitude,
        line.longitude BETWEEN -180 AND 180 AND line.latitude BETWEEN -90 AND 90 AS is_on_earth,
        land.land,
        coalesce(line.former_commune, line.commune) AS published_commune,
        substr(coalesce(line.former_parcel, line.parcel), 6) AS plot,
        coalesce(line.former_commune, line.commune) || '|' || line.sale_date || '|' || trim_scale(line.price) || '|'
            AS sale_text
    FROM dvf_verdict AS verdict
    JOIN dvf_line AS line ON line.ctid = verdict.line
    LEFT JOIN dvf_land AS land ON land.sale = verdict.sale
    WHERE verdict.opens_unit AND verdict.verdict = 'kept'
) AS found
ORDER BY id
