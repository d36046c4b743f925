-- What becomes of every line. Sorted once: the lines of a sale together, what is built first, then lots, land and
-- dependencies; within those the lines of one dwelling together, those with a street first, then the largest land. So
-- the neighbours of a line in that order tell everything about it, and the first line of a unit speaks for it.
CREATE UNLOGGED TABLE dvf_verdict AS
SELECT
    ctid AS line,
    sale,
    price,
    lag(kind) OVER of_sale IS NULL AS opens_sale,
    lag(kind) OVER of_sale IS DISTINCT FROM kind OR lag(unit) OVER of_sale <> unit AS opens_unit,
    CASE
        WHEN lag(line_key) OVER of_sale = line_key THEN 'repeated'
        WHEN NOT has_commune THEN 'malformed'
        WHEN NOT is_sale THEN 'not_a_sale'
        WHEN sale IS NULL THEN
            CASE WHEN sale_date BETWEEN '1900-01-01' AND '2100-01-01' THEN 'no_price' ELSE 'no_date' END
        WHEN kind = 4 THEN CASE first_value(kind) OVER of_sale WHEN 4 THEN 'dependency_only' ELSE 'dependency' END
        WHEN kind > first_value(kind) OVER of_sale THEN 'sold_with_building'
        WHEN NOT has_street THEN 'no_address'
        ELSE 'kept'
    END AS verdict
FROM dvf_line
WINDOW of_sale AS (
    PARTITION BY sale
    ORDER BY kind, unit, has_street DESC, land DESC NULLS LAST, place, longitude, latitude, line_key
)
