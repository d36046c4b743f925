"""Storing rotated tokens, before anything else happens with the answers that brought them."""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection, transaction

from checkin.services.listed import known_with, token_fingerprint
from checkin.services.refreshing.claiming import Claim
from checkin.services.refreshing.pending import NOW
from core.secrets import encrypt

# The lease plays no part: a late token is as good as any other while nobody has changed the one it was made from. One
# that comes too late even for that is put aside. One that is stored already was, before the connection broke.
KEEP: Final = f"""
    WITH entry AS (
        SELECT * FROM unnest(
            %(attempts)s::bigint[], %(ids)s::uuid[], %(numbers)s::int[], %(tokens)s::text[], %(fingerprints)s::text[]
        ) AS entry (attempt_id, id, number, token, fingerprint)
    ), held AS MATERIALIZED (
        SELECT id, token_number, known_tokens[cardinality(known_tokens)] AS newest FROM checkin_checkinsession
        WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
    ), kept AS (
        UPDATE checkin_checkinsession AS session
        SET token = entry.token, token_number = session.token_number + 1,
            confirmed_token = CASE WHEN session.token_number = session.confirmed_number
                THEN session.token ELSE session.confirmed_token END,
            known_tokens = {known_with("session.known_tokens", "entry.fingerprint")},
            updated_at = {NOW}
        FROM entry JOIN held USING (id)
        WHERE session.id = entry.id AND session.token_number = entry.number
        RETURNING session.id
    ), ended AS (
        SELECT entry.attempt_id, entry.token, kept.id IS NOT NULL OR (
            held.token_number = entry.number + 1 AND held.newest = entry.fingerprint
        ) AS is_kept
        FROM entry LEFT JOIN kept USING (id) LEFT JOIN held USING (id)
    )
    UPDATE checkin_refreshattempt AS attempt
    SET has_rotated = true, stray_token = CASE WHEN ended.is_kept THEN '' ELSE ended.token END
    FROM ended WHERE attempt.id = ended.attempt_id
    RETURNING attempt.id, ended.is_kept
"""


@dataclass(frozen=True, slots=True)
class Rotated:
    """A token that the upstream has given in exchange for a claim's."""

    claim: Claim
    token: str = field(repr=False)


@transaction.atomic
def keep_tokens(rotated: Sequence[Rotated]) -> set[int]:
    """Store the tokens, each if the one it was made from is still the session's; else put it aside with its attempt.

    When this returns they are committed. Returns the attempts whose tokens are their sessions' now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "attempts": [one.claim.attempt_id for one in rotated],
                "ids": [one.claim.session_id for one in rotated],
                "numbers": [one.claim.token_number for one in rotated],
                "tokens": [encrypt(one.token) for one in rotated],
                "fingerprints": [token_fingerprint(one.token) for one in rotated],
            },
        )
        return {attempt_id for attempt_id, is_kept in cursor.fetchall() if is_kept}
