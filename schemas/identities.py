"""Identities: who stands behind a pseudonym. Real tokens and customers are known at the edges alone (gateways and the API).

Topics, states and ClickHouse have pseudonyms. A record here ties a pseudonym to the person, encrypted under a key of the person's own;
erasing the person replaces the record, and with it the only copy of that key, so every pseudonym left anywhere means nobody.
How records are made and read: `schemas.identityvault`; which members of messages are identities: `schemas.identitymasks`.
"""

import re

from schemas.base import Record, Timestamp
from schemas.topic import DAY_S, Topic

KNOWN, UNKNOWN = "PN-", "UN-"
"""What pseudonyms begin with: of persons that the vault keeps, and of tokens that nobody provisioned."""

DIGITS = 17
"""Base32 digits of a pseudonym, 85 bits: with its beginning it has 20 characters, as many as an idTag of 1.6 may have."""

PSEUDONYM = re.compile(rf"(?<![A-Z0-9])(?:{KNOWN}|{UNKNOWN})[A-Z2-7]{{{DIGITS}}}(?![A-Z0-9])")
"""Matches pseudonyms wherever they stand in a text."""

SEALED_TEXT = "personal:v1:"
"""What texts about persons begin with while they are encrypted."""

_PERSON = rf"[A-Z2-7]{{{DIGITS}}}"
SEALED = re.compile(
    rf"{SEALED_TEXT}(?P<under>[0-9]{{4}}-[0-9]{{2}}|{_PERSON}(?:\.{_PERSON})*):(?P<text>[A-Za-z0-9_=-]+)"
)
"""Matches encrypted texts, with what they are encrypted under: the key of a month, or those of persons, all of which are needed to read
it. Persons are named by their pseudonyms without `PN-`, so that nothing takes them for tokens."""


class IdentityKept(Record, frozen=True, kw_only=True, tag="identity-kept"):
    """A pseudonym and who it is. `lookup`: an HMAC of the identity, by which it is found again.

    `sealed` is the identity, encrypted under a key of its own (AES-SIV, base64); `key` is that key, encrypted under the deployment's.
    """

    identity: str
    lookup: str
    sealed: str
    key: str
    kept_at: Timestamp


class IdentityErased(Record, frozen=True, kw_only=True, tag="identity-erased"):
    """The person was erased, or the key of a period thrown away: it replaces the record of that key, and nothing can be read any more."""

    identity: str
    erased_at: Timestamp
    erased_by: str = ""


class PeriodKeyKept(Record, frozen=True, kw_only=True, tag="identity-period-kept"):
    """The key of a calendar month (UTC, `2026-11`), by which tokens that nobody provisioned get their pseudonyms in it.

    `key` is encrypted under the deployment's key. The first record of a month on the topic counts.
    """

    identity: str
    period: str
    key: str
    kept_at: Timestamp


REF_IDENTITIES = Topic(
    name="csms.ref.identities",
    meaning="The vault: who stands behind each pseudonym, encrypted under keys of their own. Erasing a person replaces the record.",
    records=(IdentityKept, IdentityErased, PeriodKeyKept),
    key="identity",
    retention_s=None,
    partitions=1,
    replaced_within_s=DAY_S,
)

TOPICS = (REF_IDENTITIES,)


def is_pseudonym(text: str) -> bool:
    """Whether a text is a pseudonym, and nothing else."""
    return PSEUDONYM.fullmatch(text) is not None
