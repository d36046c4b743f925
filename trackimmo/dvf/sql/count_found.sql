-- The properties, and the sales that gave them.
SELECT coalesce(sum(dwellings), 0)::bigint AS properties, count(*) AS sales
FROM (SELECT count(*) AS dwellings FROM dvf_property GROUP BY mutation_key) AS sale
