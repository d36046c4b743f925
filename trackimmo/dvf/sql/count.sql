-- The lines by verdict, and the prices: naively, once per line, and as they are paid, once per sale.
SELECT
    verdict,
    count(*) AS lines,
    coalesce(sum(price) FILTER (WHERE price BETWEEN 0 AND 1e12), 0) AS price_per_line,
    coalesce(sum(price) FILTER (WHERE opens_sale AND sale IS NOT NULL), 0) AS price_per_sale
FROM dvf_verdict
GROUP BY verdict
