"""The vault: pseudonyms for identities and identities for pseudonyms, as far as its records on Kafka were read. PURE.

Randomness is an argument: 75 bytes from the system for each new record. Without a key the vault is off, and knows nobody.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import zlib
from collections.abc import Callable
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.base import Record
from schemas.identities import (
    DIGITS,
    KNOWN,
    SEALED,
    SEALED_TEXT,
    UNKNOWN,
    IdentityErased,
    IdentityKept,
    PeriodKeyKept,
    is_pseudonym,
)
from schemas.ids import folded_token
from schemas.sealing import KEY_BYTES

Kind = Literal["token", "customer"]
"""Tokens are the same in any case of letters, with or without white space around them, and in all spellings of an eMAID; what
customers are called is taken letter by letter."""

RANDOM_BYTES = 11 + KEY_BYTES
"""Random bytes that a new record takes: for its pseudonym and for its key."""

PERIODS_KEPT = 2
"""The keys of so many months are kept: of this one and of the one before."""

IDENTITIES_KEY_FILE = (
    "File with the key of the vault, the same for the gateways, the API and the worker iso15118: 64 random bytes in base64"
    " (`openssl rand -base64 64`)."
    " With it, topics, states and ClickHouse have pseudonyms instead of tokens and customers. Empty: they have these themselves."
)
"""The description of the setting `identities_key_file`."""


class WrongKey(Exception):
    """The vault was made with another key than this process has. The message says what to do."""


class NoPeriodKey(Exception):
    """The vault has no key for this month yet, so that a token that nobody provisioned has no pseudonym."""


class _Kept(msgspec.Struct, frozen=True, gc=False):
    """What is held of a person."""

    lookup: bytes
    sealed: bytes
    key: bytes


class _Period(msgspec.Struct, frozen=True, gc=False):
    """The key of a month, opened, and the record that has it."""

    identity: str
    key: bytes


class Vault:
    """Everyone that the vault keeps, and the keys of the months."""

    def __init__(self, key: bytes | None) -> None:
        self.is_on = key is not None
        secret = key or b""
        self._lookup_key = hmac.digest(secret, b"voltbus identities lookup", hashlib.sha256)
        self._wrap = AESSIV(hmac.digest(secret, b"voltbus identities wrap", hashlib.sha512))
        self._kept: dict[str, _Kept] = {}
        self._found: dict[bytes, tuple[str, ...]] = {}
        self._periods: dict[str, tuple[_Period, ...]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    # -- records ------------------------------------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Take in a record of the vault's topic, in its order there. Raises WrongKey."""
        if not self.is_on:
            return
        match record:
            case IdentityKept(identity=identity) if identity in self._kept:
                return  # read again, after an outage
            case IdentityKept():
                kept = _Kept(bytes.fromhex(record.lookup), _bytes(record.sealed), _bytes(record.key))
                self._kept[record.identity] = kept
                self._found[kept.lookup] = (*self._found.get(kept.lookup, ()), record.identity)
            case IdentityErased(identity=identity):
                self._forget(identity)
            case PeriodKeyKept(identity=identity):
                before = self._periods.get(record.period, ())
                if not any(each.identity == identity for each in before):
                    period = _Period(identity, self._unwrapped(identity, _bytes(record.key)))
                    self._periods[record.period] = (*before, period)

    def _forget(self, identity: str) -> None:
        kept = self._kept.pop(identity, None)
        if kept is not None:
            rest = tuple(each for each in self._found[kept.lookup] if each != identity)
            self._found[kept.lookup] = rest
            if not rest:
                del self._found[kept.lookup]
        for name, keys in tuple(self._periods.items()):
            self._periods[name] = tuple(each for each in keys if each.identity != identity)
            if not self._periods[name]:
                del self._periods[name]

    def kept(self, value: str, kind: Kind, *, random: bytes, at: dt.datetime) -> IdentityKept:
        """The record that keeps a person under a new pseudonym, to be published. `random`: RANDOM_BYTES."""
        identity = KNOWN + _digits(random[:11])
        key = random[11:RANDOM_BYTES]
        return IdentityKept(
            identity=identity,
            lookup=self._lookup(value, kind).hex(),
            sealed=_text(AESSIV(key).encrypt(_folded(value, kind).encode(), [identity.encode()])),
            key=_text(self._wrap.encrypt(key, [identity.encode()])),
            kept_at=at,
        )

    def period_kept(self, period: str, *, random: bytes, at: dt.datetime) -> PeriodKeyKept:
        """The record of a new key for a month, to be published. `random`: RANDOM_BYTES."""
        identity = f"period:{period}:{_digits(random[:11])}"
        key = _text(self._wrap.encrypt(random[11:RANDOM_BYTES], [identity.encode()]))
        return PeriodKeyKept(identity=identity, period=period, key=key, kept_at=at)

    def missing_periods(self, at: dt.datetime) -> tuple[str, ...]:
        """This month and the next, where they have no key yet."""
        return tuple(each for each in (month(at), month(at, later=1)) if each not in self._periods)

    def new_periods(self, at: dt.datetime, random: Callable[[], bytes]) -> tuple[PeriodKeyKept, ...]:
        """The records of keys for this month and the next, where they have none, to be published. `random` gives RANDOM_BYTES."""
        if not self.is_on:
            return ()
        return tuple(self.period_kept(each, random=random(), at=at) for each in self.missing_periods(at))

    def surplus_periods(self, at: dt.datetime) -> tuple[str, ...]:
        """Records with keys of months to be thrown away: those that are over for a month, and all but the first of each month."""
        oldest = month(at, later=1 - PERIODS_KEPT)
        return tuple(
            key.identity
            for name, keys in self._periods.items()
            for number, key in enumerate(keys)
            if number or name < oldest
        )

    # -- pseudonyms ---------------------------------------------------------------------------------------------------

    def identities_of(self, value: str, kind: Kind) -> tuple[str, ...]:
        """The pseudonyms under which a person is kept, the one in use first; of a pseudonym that is kept, that one."""
        if is_pseudonym(value):
            return (value,) if value in self._kept else ()
        return self._found.get(self._lookup(value, kind), ())

    def pseudonym(self, value: str, kind: Kind, period: str) -> str:
        """The pseudonym of a person: the one that is kept, else one by the key of the month. Raises NoPeriodKey."""
        found = self._found.get(self._lookup(value, kind))
        if found:
            return found[0]
        keys = self._periods.get(period)
        if not keys:
            raise NoPeriodKey(f"the vault has no key for {period}: it is made within seconds where the API runs")
        digest = hmac.digest(keys[0].key, kind.encode() + b"\0" + _folded(value, kind).encode(), hashlib.sha256)
        return UNKNOWN + _digits(digest[:11])

    def has_period(self, at: dt.datetime) -> bool:
        """Whether there is a key for the month of that moment."""
        return month(at) in self._periods

    def period_at(self, at: dt.datetime, told: str = "") -> str:
        """The month by whose key a message is read: the one that it names (`2026-11`) where that has a key, else the present one."""
        return told if told in self._periods else month(at)

    def reveal(self, pseudonym: str) -> str | None:
        """Who stands behind a pseudonym; None where nobody is known (any more). Raises WrongKey."""
        kept = self._kept.get(pseudonym)
        if kept is None:
            return None
        key = self._unwrapped(pseudonym, kept.key)
        return AESSIV(key).decrypt(kept.sealed, [pseudonym.encode()]).decode()

    # -- texts --------------------------------------------------------------------------------------------------------

    def seal(self, text: str, period: str) -> str:
        """A text about a customer, encrypted under the key of the month. Raises NoPeriodKey."""
        keys = self._periods.get(period)
        if not keys:
            raise NoPeriodKey(f"the vault has no key for {period}")
        sealed = AESSIV(keys[0].key).encrypt(zlib.compress(text.encode(), 9), [period.encode()])
        return f"{SEALED_TEXT}{period}:{_text(sealed)}"

    def open(self, sealed: str) -> str | None:
        """The text in a sealed one; None where the key of its month was thrown away."""
        found = SEALED.fullmatch(sealed)
        if found is None:
            return None
        for each in self._periods.get(found["period"], ()):
            try:
                plain = AESSIV(each.key).decrypt(_bytes(found["text"]), [found["period"].encode()])
                return zlib.decompress(plain).decode()
            except (InvalidTag, ValueError, zlib.error):
                continue
        return None

    # -- keys ---------------------------------------------------------------------------------------------------------

    def _lookup(self, value: str, kind: Kind) -> bytes:
        return hmac.digest(self._lookup_key, f"{kind}\0{_folded(value, kind)}".encode(), hashlib.sha256)[:16]

    def _unwrapped(self, identity: str, key: bytes) -> bytes:
        try:
            return self._wrap.decrypt(key, [identity.encode()])
        except (InvalidTag, ValueError) as error:
            raise WrongKey(
                "the vault of identities was made with another key: set identities_key_file to the key that it was made with,"
                " the same for the gateways and the API"
            ) from error


NO_VAULT = Vault(None)
"""The vault of a process without a key."""


def month(at: dt.datetime, *, later: int = 0) -> str:
    """The calendar month of a moment in UTC, or one that is so many months `later`, as `2026-11`."""
    moment = at.astimezone(dt.UTC)
    number = moment.year * 12 + moment.month - 1 + later
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _folded(value: str, kind: Kind) -> str:
    return folded_token(value) if kind == "token" else value


def _digits(random: bytes) -> str:
    return base64.b32encode(random).decode()[:DIGITS]


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        return b""
