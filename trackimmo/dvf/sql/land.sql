-- The land of each sale: every piece of every parcel once, however many lines repeat it.
CREATE UNLOGGED TABLE dvf_land AS
SELECT sale, sum(land) AS land
FROM (
    SELECT sale, land
    FROM dvf_line
    WHERE land BETWEEN 1 AND 1e9
    GROUP BY
        sale,
        land,
        hashtextextended(coalesce(parcel, ''),
            hashtextextended(coalesce(culture, ''), hashtextextended(coalesce(special_culture, ''), 0)))
) AS piece
GROUP BY sale
