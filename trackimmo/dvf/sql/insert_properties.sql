-- Properties that no earlier import has found.
INSERT INTO trackimmo_property (
    id, organization_id, city_id, mutation_key, address_key, address_raw, postal_code, property_type, sale_date, price,
    surface, land_surface, rooms, longitude, latitude, imported_at
)
SELECT
    found.id, %(organization_id)s, city.id, found.mutation_key, found.address_key, found.address_raw,
    found.postal_code, found.property_type, found.sale_date, found.price, found.surface, found.land_surface,
    found.rooms, found.longitude, found.latitude, now()
FROM dvf_property AS found
JOIN dvf_city AS city ON city.code = found.commune
WHERE NOT EXISTS (SELECT FROM dvf_known AS known WHERE known.id = found.id)
