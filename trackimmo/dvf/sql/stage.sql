-- One row per well-formed line. COPY skips a line with a value that its type cannot read; values that are absurd but
-- readable are dealt with where they are used.
-- What a line says by itself is computed here, while the rest of the file is still being read:
--   sale: the same for the lines of one mutation, which are those of one commune, day and price. Only compared within
--     this import; what is kept gets digests that last.
--   kind: 1 a building or a part of one, 2 lots that nothing else is said of (off-plan), 3 land, 4 a dependency.
--   unit: what tells a dwelling from the others of the sale. Land and lots of a sale are one.
--   place: a number that puts the addresses and parcels of a unit in the same order whichever file they come from.
CREATE UNLOGGED TABLE dvf_line (
    line_key bigint,
    sale_date date,
    nature text,
    price numeric,
    local_code text,
    land float8,
    number text,
    suffix text,
    street text,
    postal_code text,
    commune text,
    commune_name text,
    former_commune text,
    parcel text,
    former_parcel text,
    lot1 text,
    lot2 text,
    lot3 text,
    lot4 text,
    lot5 text,
    surface float8,
    rooms float8,
    culture text,
    special_culture text,
    longitude float8,
    latitude float8,
    has_commune boolean GENERATED ALWAYS AS (
        coalesce(commune ~ '^[0-9][0-9AB][0-9]{3}$', false)
        AND (former_commune IS NULL OR former_commune ~ '^[0-9][0-9AB][0-9]{3}$')
    ) STORED,
    is_sale boolean GENERATED ALWAYS AS (
        coalesce(starts_with(nature, 'Vente') OR nature = 'Adjudication', false)
    ) STORED,
    has_street boolean GENERATED ALWAYS AS (coalesce(btrim(street) <> '', false)) STORED,
    sale bigint GENERATED ALWAYS AS (
        CASE WHEN sale_date BETWEEN '1900-01-01' AND '2100-01-01' AND price >= 0.5 AND price < 1e12 THEN
            hash_numeric_extended(
                price,
                hashtextextended(
                    coalesce(former_commune, commune),
                    sale_date - CASE
                        WHEN starts_with(nature, 'Vente') OR nature = 'Adjudication' THEN date '1800-01-01'
                        ELSE date '2500-01-01'
                    END
                )
            )
        END
    ) STORED,
    kind smallint GENERATED ALWAYS AS (
        CASE
            WHEN local_code IN ('1', '2', '4') THEN 1
            WHEN local_code = '3' THEN 4
            WHEN culture IS NULL AND land IS NULL THEN 2
            ELSE 3
        END
    ) STORED,
    unit text COLLATE "C" GENERATED ALWAYS AS (
        CASE WHEN local_code IN ('1', '2', '4') THEN
            coalesce(substr(coalesce(former_parcel, parcel), 6), '') || '|' || coalesce(lot1, '')
            || CASE
                WHEN lot2 IS NULL THEN ''
                ELSE '+' || lot2 || coalesce('+' || lot3, '') || coalesce('+' || lot4, '') || coalesce('+' || lot5, '')
            END
            || '|' || local_code || '|' || coalesce(surface, 0)::text || '|' || coalesce(rooms, 0)::text
        WHEN culture IS NULL AND land IS NULL THEN 'lots'
        ELSE 'land'
        END
    ) STORED,
    place bigint GENERATED ALWAYS AS (
        hashtextextended(coalesce(street, ''),
            hashtextextended(coalesce(number, ''),
                hashtextextended(coalesce(suffix, ''),
                    hashtextextended(coalesce(postal_code, ''),
                        hashtextextended(coalesce(former_parcel, parcel, ''), 0)))))
    ) STORED
)
