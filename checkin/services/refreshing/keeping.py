"""Storing rotated tokens, before anything else happens with the answers that brought them."""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from checkin.models import RefreshAttempt
from checkin.services.listed import LAST_CONFIRMED, known_with, token_fingerprint
from checkin.services.refreshing.claiming import Claim
from checkin.services.statements import NOW, fetch
from core.secrets import encrypt

# The lease plays no part: a late token is as good as any other while nobody has changed the one it was made from. The
# statement is a transaction of its own, and the shortest there can be: fifty requests wait for it.
KEEP: Final = f"""
    UPDATE checkin_checkinsession AS session
    SET token = entry.token, token_number = session.token_number + 1,
        confirmed_token = {LAST_CONFIRMED},
        known_tokens = {known_with("session.known_tokens", "entry.fingerprint")},
        updated_at = {NOW}
    FROM unnest(%(ids)s::uuid[], %(numbers)s::int[], %(tokens)s::text[], %(fingerprints)s::text[])
        AS entry (id, number, token, fingerprint)
    WHERE session.id = entry.id AND session.token_number = entry.number
    RETURNING session.id
"""
# When the connection broke in a commit, nobody was told that it went well.
STORED_BEFORE: Final = """
    SELECT session.id FROM checkin_checkinsession AS session
    JOIN unnest(%(ids)s::uuid[], %(numbers)s::int[], %(fingerprints)s::text[]) AS entry (id, number, fingerprint)
        ON session.id = entry.id AND session.token_number = entry.number + 1
    WHERE session.known_tokens[cardinality(session.known_tokens)] = entry.fingerprint
"""


@dataclass(frozen=True, slots=True)
class Rotated:
    """A token that the upstream has given in exchange for a claim's."""

    claim: Claim
    token: str = field(repr=False)


def keep_tokens(rotated: Sequence[Rotated]) -> set[int]:
    """Store the tokens, each if the one it was made from is still the session's; else put it aside with its attempt.

    When this returns they are committed. It may be called again with the same. Returns the attempts whose tokens are
    their sessions' now.
    """
    parameters = {
        "ids": [one.claim.session_id for one in rotated],
        "numbers": [one.claim.token_number for one in rotated],
        "tokens": [encrypt(one.token) for one in rotated],
        "fingerprints": [token_fingerprint(one.token) for one in rotated],
    }
    kept = {session_id for (session_id,) in fetch(KEEP, parameters)}
    if len(kept) < len(rotated):
        kept |= {session_id for (session_id,) in fetch(STORED_BEFORE, parameters)}
        for one in rotated:
            if one.claim.session_id not in kept:
                RefreshAttempt.objects.filter(pk=one.claim.attempt_id).update(stray_token=one.token)
    return {one.claim.attempt_id for one in rotated if one.claim.session_id in kept}
