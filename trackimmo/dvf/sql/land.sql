-- The land of each sale: every piece of every parcel once, however many lines repeat it.
CREATE TEMPORARY TABLE dvf_land ON COMMIT DROP AS
SELECT sale, sum(land) AS land
FROM (
    SELECT DISTINCT sale, parcel, culture, special_culture, land
    FROM dvf_line
    WHERE land BETWEEN 1 AND 1e9
) AS piece
GROUP BY sale
