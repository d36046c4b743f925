"""Why sales of a client's cities are not eligible, as SQL. What is eligible is asked of `selectors.eligibility`."""

from typing import Final

from trackimmo.selectors.eligibility import CHOSEN_CITIES, ELIGIBLE, PREFERRED_TYPES

# In the order in which they are asked: a sale is left out for the first that holds. None of the others holds for what
# is left at the end, so only another sale of the address can have been preferred: a newer, or of one day a dearer one.
REASONS: Final = (
    "outside_age_window",
    "other_property_type",
    "already_assigned",
    "address_already_given",
    "newer_sale_at_same_address",
)

# Every sale of the chosen cities, from `property_eligible` alone, with the reason why it is left out, or NULL.
# MATERIALIZED: asked once, not once for each sale.
CLASSIFIED: Final = f"""
    WITH eligible AS MATERIALIZED ({ELIGIBLE}),
    given AS MATERIALIZED (
        SELECT property_id, address_key FROM trackimmo_assignment WHERE client_id = %(client_id)s
    )
    SELECT property.id, property.city_id, property.sale_date, CASE
        WHEN property.id IN (SELECT id FROM eligible) THEN NULL
        WHEN property.sale_date NOT BETWEEN %(earliest)s AND %(latest)s THEN 'outside_age_window'
        WHEN property.property_type <> ALL {PREFERRED_TYPES} THEN 'other_property_type'
        WHEN property.id IN (SELECT property_id FROM given) THEN 'already_assigned'
        WHEN property.address_key IN (SELECT address_key FROM given) THEN 'address_already_given'
        ELSE 'newer_sale_at_same_address'
    END AS reason
    FROM trackimmo_property AS property
    WHERE property.city_id = ANY {CHOSEN_CITIES}
"""  # noqa: S608 -- constants only

COUNTS: Final = f"SELECT city_id, reason, count(*) FROM ({CLASSIFIED}) AS classified GROUP BY city_id, reason"  # noqa: S608 -- constants only

# Of each reason in turn, so that a rare one is not hidden by a frequent one. One more parameter: examples.
EXAMPLES: Final = f"""
    SELECT id, reason, number
    FROM (
        SELECT id, reason, row_number() OVER (PARTITION BY reason ORDER BY sale_date DESC, id) AS number
        FROM ({CLASSIFIED}) AS classified
        WHERE reason IS NOT NULL
    ) AS numbered
    ORDER BY number, reason
    LIMIT %(examples)s
"""  # noqa: S608 -- constants only
