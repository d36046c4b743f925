"""The statements that compare the upstream's list with our sessions, and take over what it says.

Sets at a time: twenty thousand users are a handful of statements. Sessions are locked in the order of their ids, as
everywhere. A list shows a token by its hash; the tokens themselves are sent only where they are to be stored.
"""
# ruff: noqa: S608 -- what is put into the statements are constants of this module; values are parameters

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from checkin.models.sessions import MOST_KNOWN_TOKENS
from checkin.services.statements import NOW, change, fetch
from checkin.upstream import ListedUser
from core.secrets import decrypt_if_possible, encrypt, fingerprint
from core.tenancy import current_organization_id

PURPOSE: Final = "checkin token"
# 128 bits: each session keeps twenty.
FINGERPRINT_CHARACTERS: Final = 32
# The last token that was surely the user's, when another takes its place.
LAST_CONFIRMED: Final = (
    "CASE WHEN session.token_number = session.confirmed_number THEN session.token ELSE session.confirmed_token END"
)
LISTED: Final = """
    SELECT * FROM unnest(%(emails)s::text[], %(fingerprints)s::text[], %(reports)s::text[], %(times)s::timestamptz[])
    WITH ORDINALITY AS entry (email, fingerprint, report, report_time, number)
"""


def token_fingerprint(token: str) -> str:
    """By which a token is told to be one that we have seen."""
    return fingerprint(token, purpose=PURPOSE)[:FINGERPRINT_CHARACTERS]


def known_with(column: str, added: str) -> str:
    """SQL for the known tokens with one more, the oldest forgotten."""
    return f"({column} || {added})[cardinality({column}) + 2 - {MOST_KNOWN_TOKENS} :]"


@dataclass(frozen=True, slots=True)
class Parameters:
    """A list as parameters of statements."""

    users: Sequence[ListedUser]
    fingerprints: Sequence[str]

    @classmethod
    def of(cls, users: Sequence[ListedUser]) -> "Parameters":
        """Hash the tokens."""
        return cls(users, [token_fingerprint(user.token) for user in users])

    @property
    def values(self) -> dict[str, Any]:
        """By name."""
        return {
            "organization_id": current_organization_id(),
            "emails": [user.email for user in self.users],
            "fingerprints": self.fingerprints,
            "reports": [user.report for user in self.users],
            "times": [user.report_time for user in self.users],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A user whose listed token is another than was listed before. Without `session_id` he is new to us."""

    user: ListedUser
    fingerprint: str
    session_id: UUID | None
    is_known: bool


def differences(listing: Parameters) -> Sequence[Difference]:
    """Users who are new, and those whose listed token has changed."""
    rows = fetch(
        f"""
        WITH listed AS ({LISTED})
        SELECT listed.number, session.id,
            coalesce(listed.fingerprint = ANY(session.known_tokens), false)
        FROM listed LEFT JOIN checkin_checkinsession AS session
            ON session.organization_id = %(organization_id)s AND session.email = listed.email
        WHERE session.listed_fingerprint IS DISTINCT FROM listed.fingerprint
        """,
        listing.values,
    )
    return [
        Difference(listing.users[number - 1], listing.fingerprints[number - 1], *columns) for number, *columns in rows
    ]


def insert(new: Sequence[Difference]) -> int:
    """Make sessions for new users, due at once. Returns how many."""
    return change(
        f"""
        INSERT INTO checkin_checkinsession (
            id, organization_id, email, token, token_number, confirmed_number, confirmed_token, listed_token,
            listed_fingerprint, known_tokens, is_listed, checkin_report, checkin_report_time, failure_count,
            interruption_count, next_refresh_at, created_at, updated_at
        )
        SELECT id, %(organization_id)s, email, token, 1, 1, '', token, fingerprint, ARRAY[fingerprint], true, report,
            report_time, 0, 0, {NOW}, {NOW}, {NOW}
        FROM unnest(
            %(ids)s::uuid[], %(emails)s::text[], %(tokens)s::text[], %(fingerprints)s::text[], %(reports)s::text[],
            %(times)s::timestamptz[]
        ) AS entry (id, email, token, fingerprint, report, report_time)
        WHERE email = lower(email)
        ON CONFLICT (organization_id, email) DO NOTHING
        """,
        {
            "organization_id": current_organization_id(),
            "ids": [uuid4() for _ in new],
            "emails": [one.user.email for one in new],
            "tokens": [encrypt(one.user.token) for one in new],
            "fingerprints": [one.fingerprint for one in new],
            "reports": [one.user.report for one in new],
            "times": [one.user.report_time for one in new],
        },
    )


# Whoever refreshes the session meanwhile finds its number changed, and puts his token aside. The page has not shown the
# user yet: a token that we held too long ago to know must not cost the one that is good.
LOGIN: Final = f"""
    token = entry.token, token_number = session.token_number + 1, confirmed_token = {LAST_CONFIRMED},
    known_tokens = {known_with("session.known_tokens", "entry.fingerprint")},
    status = NULL, error = NULL, expired_at = NULL, attempted_at = NULL, failure_count = 0, interruption_count = 0,
    next_refresh_at = {NOW},
"""


def take_logins(logins: Sequence[Difference]) -> int:
    """Users who have logged in anew: their sessions begin again with the listed token. Returns how many."""
    return _change_listed(logins, LOGIN, "NOT (entry.fingerprint = ANY(session.known_tokens))")


def note_listed(known: Sequence[Difference], *, asked_at: datetime) -> int:
    """The upstream lists another token than before, which we have held or hold. Returns how many.

    Of sessions that have changed since the list was asked for, the next list will know more.
    """
    return _change_listed(known, "", "session.updated_at < %(asked_at)s", asked_at=asked_at)


def _change_listed(
    changed: Sequence[Difference], assignments: str, condition: str, *, asked_at: datetime | None = None
) -> int:
    return change(
        f"""
        WITH entry AS (
            SELECT * FROM unnest(%(ids)s::uuid[], %(tokens)s::text[], %(fingerprints)s::text[])
            AS entry (id, token, fingerprint)
        ), held AS MATERIALIZED (
            SELECT id FROM checkin_checkinsession WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE checkin_checkinsession AS session
        SET {assignments} listed_token = entry.token, listed_fingerprint = entry.fingerprint, updated_at = {NOW}
        FROM entry JOIN held USING (id)
        WHERE session.id = entry.id AND {condition}
        """,
        {
            "ids": [one.session_id for one in changed],
            "tokens": [encrypt(one.user.token) for one in changed],
            "fingerprints": [one.fingerprint for one in changed],
            "asked_at": asked_at,
        },
    )


def held_in_fact(unknown: Sequence[Difference]) -> Sequence[Difference]:
    """Those whose listed token is one that we hold: their hashes are of another SECRET_KEY, and are made anew."""
    by_id = {one.session_id: one for one in unknown}
    rows = fetch(
        "SELECT id, token, listed_token FROM checkin_checkinsession WHERE id = ANY(%(ids)s)", {"ids": list(by_id)}
    )
    held = [by_id[key] for key, *tokens in rows if by_id[key].user.token in map(decrypt_if_possible, tokens)]
    change(
        f"""
        UPDATE checkin_checkinsession AS session
        SET known_tokens = {known_with("session.known_tokens", "entry.fingerprint")}
        FROM unnest(%(ids)s::uuid[], %(fingerprints)s::text[]) AS entry (id, fingerprint)
        WHERE session.id = entry.id AND NOT (entry.fingerprint = ANY(session.known_tokens))
        """,
        {"ids": [one.session_id for one in held], "fingerprints": [one.fingerprint for one in held]},
    )
    return held


def resume(listing: Parameters) -> int:
    """Sessions of users who are listed again are refreshed again, at once. Returns how many."""
    return change(
        f"""
        UPDATE checkin_checkinsession AS session SET is_listed = true, next_refresh_at = {NOW}, updated_at = {NOW}
        WHERE organization_id = %(organization_id)s AND NOT is_listed AND email = ANY(%(emails)s)
        """,
        listing.values,
    )


def remove(listing: Parameters, *, tokenless: Sequence[str]) -> int:
    """Sessions of users who are no longer listed, with or without a token, are left alone. Returns how many."""
    return change(
        f"""
        UPDATE checkin_checkinsession AS session SET is_listed = false, updated_at = {NOW}
        WHERE organization_id = %(organization_id)s AND is_listed
            AND NOT EXISTS (
                SELECT FROM unnest(%(emails)s::text[] || %(tokenless)s::text[]) AS entry (email)
                WHERE entry.email = session.email
            )
        """,
        {**listing.values, "tokenless": list(tokenless)},
    )


def take_reports(listing: Parameters) -> int:
    """What was reported later than what we know. Returns how many."""
    return change(
        f"""
        WITH listed AS ({LISTED})
        UPDATE checkin_checkinsession AS session
        SET checkin_report = listed.report, checkin_report_time = listed.report_time, updated_at = {NOW}
        FROM listed
        WHERE session.organization_id = %(organization_id)s AND session.email = listed.email
            AND listed.report IS NOT NULL
            AND (session.checkin_report_time IS NULL OR listed.report_time > session.checkin_report_time)
            AND (session.checkin_report, session.checkin_report_time)
                IS DISTINCT FROM (listed.report, listed.report_time)
        """,
        listing.values,
    )
