-- The lines by verdict, the sales of which something is kept, and the prices: naively, once per line, and as they are
-- paid, once per sale.
SELECT
    verdict,
    count(*) AS lines,
    count(*) FILTER (WHERE verdict = 'kept' AND opens_addresses) AS sales,
    coalesce(sum(price) FILTER (WHERE price BETWEEN 0 AND 1e12), 0) AS price_per_line,
    coalesce(sum(price) FILTER (WHERE opens_sale AND sale IS NOT NULL), 0) AS price_per_sale
FROM dvf_verdict
GROUP BY verdict
