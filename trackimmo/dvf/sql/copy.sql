COPY dvf_line (
    line_key, sale_date, nature, price, local_code, land, number, suffix, street, postal_code,
    commune, commune_name, former_commune, parcel, former_parcel,
    lot1, lot2, lot3, lot4, lot5, surface, rooms, culture, special_culture, longitude, latitude
) FROM STDIN (FORMAT text, DELIMITER E'\x1f', NULL '', ENCODING 'UTF8', ON_ERROR ignore, LOG_VERBOSITY silent)
