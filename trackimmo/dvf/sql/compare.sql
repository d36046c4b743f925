-- The properties that are stored already, and whether this file says something else about them. What it does not say
-- is no difference; what is not compared is part of the id.
-- A table of its own, so that the statements that write do not search the table that they make grow.
CREATE UNLOGGED TABLE dvf_known AS
SELECT
    stored.id,
    stored.city_id <> city.id
        OR stored.address_key <> found.address_key
        OR stored.address_raw <> found.address_raw
        OR stored.postal_code <> coalesce(nullif(found.postal_code, ''), stored.postal_code)
        OR stored.land_surface IS DISTINCT FROM coalesce(found.land_surface, stored.land_surface)
        OR stored.longitude IS DISTINCT FROM coalesce(found.longitude, stored.longitude)
        OR stored.latitude IS DISTINCT FROM coalesce(found.latitude, stored.latitude) AS differs
FROM trackimmo_property AS stored
JOIN dvf_property AS found ON found.id = stored.id
JOIN dvf_city AS city ON city.code = found.commune
