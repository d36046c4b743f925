UPDATE trackimmo_property AS stored
SET
    city_id = city.id,
    address_key = found.address_key,
    address_raw = found.address_raw,
    postal_code = coalesce(nullif(found.postal_code, ''), stored.postal_code),
    land_surface = coalesce(found.land_surface, stored.land_surface),
    longitude = coalesce(found.longitude, stored.longitude),
    latitude = coalesce(found.latitude, stored.latitude)
FROM dvf_known AS known
JOIN dvf_property AS found ON found.id = known.id
JOIN dvf_city AS city ON city.code = found.commune
WHERE known.differs AND stored.id = known.id
