"""The vault: pseudonyms for identities and identities for pseudonyms, as far as its records on Kafka were read. PURE.

Randomness is an argument: 75 bytes from the system for each new record. Without a key the vault is off, and knows nobody.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Iterable
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
from schemas.identitytraces import traces
from schemas.ids import folded_token
from schemas.sealing import KEY_BYTES

Kind = Literal["token", "customer"]
"""Tokens are the same in any case of letters, with or without white space around them, and in all spellings of an eMAID; what
customers are called is taken letter by letter."""

RANDOM_BYTES = 11 + KEY_BYTES
"""Random bytes that a new record takes: for its pseudonym and for its key."""

SHORTEST_WORD = 6
"""Shorter words of a text of choice are not taken for tokens: a few digits occur in many numbers."""

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

    def named_in(self, text: str) -> tuple[str, ...]:
        """The pseudonyms of everyone who is kept and whom a text names: in its words, its certificates or its EXI message."""
        found = (each for trace in traces(text) for each in self._everyone(trace))
        return tuple(dict.fromkeys(found))

    def _everyone(self, value: str) -> tuple[str, ...]:
        kinds: tuple[Kind, ...] = ("token", "customer")
        return tuple(each for kind in kinds for each in self._found.get(self._lookup(value, kind), ()))

    def seal(self, text: str, period: str, persons: Iterable[str] = ()) -> str:
        """A text about persons, encrypted under the keys of all of them who are kept, so that erasing one of them destroys it.

        Of nobody who is kept: under the key of the month. Raises NoPeriodKey.
        """
        kept = [each for each in dict.fromkeys(persons) if each in self._kept]
        under = ".".join(each.removeprefix(KNOWN) for each in kept) or period
        keys = (self._key_of(kept),) if kept else self._keys_of(period)
        if not keys:
            raise NoPeriodKey(f"the vault has no key for {period}")
        sealed = AESSIV(keys[0]).encrypt(zlib.compress(text.encode(), 9), [under.encode()])
        return f"{SEALED_TEXT}{under}:{_text(sealed)}"

    def seal_named(self, text: str, period: str, persons: Iterable[str] = ()) -> str:
        """The same, for these persons and for everyone whom the text itself names. Raises NoPeriodKey."""
        return self.seal(text, period, (*persons, *self.named_in(text)))

    def masked(self, text: str, period: str) -> str:
        """A text of choice with everyone who is kept replaced; encrypted where it names one in base64. Raises NoPeriodKey."""
        masked = text
        for trace in traces(text):
            if len(trace) >= SHORTEST_WORD and (found := self._everyone(trace)):
                if trace not in masked:
                    return self.seal_named(text, period)
                masked = re.sub(rf"(?<!\w){re.escape(trace)}(?!\w)", found[0], masked)
        return masked

    def open(self, sealed: str) -> str | None:
        """The text in a sealed one; None where the key of its month was thrown away, or one of its persons was erased."""
        found = SEALED.fullmatch(sealed)
        if found is None:
            return None
        under = found["under"]
        for each in self._keys_of(under) if "-" in under else self._keys_of_persons(under):
            try:
                return zlib.decompress(AESSIV(each).decrypt(_bytes(found["text"]), [under.encode()])).decode()
            except (InvalidTag, ValueError, zlib.error):
                continue
        return None

    def opened(self, text: str) -> str | None:
        """A text that may be sealed, in clear: itself where it is not; None where nobody can read it (any more)."""
        return self.open(text) if text.startswith(SEALED_TEXT) else text

    def _keys_of(self, period: str) -> tuple[bytes, ...]:
        return tuple(each.key for each in self._periods.get(period, ()))

    def _keys_of_persons(self, under: str) -> tuple[bytes, ...]:
        persons = [f"{KNOWN}{each}" for each in under.split(".")]
        return (self._key_of(persons),) if all(each in self._kept for each in persons) else ()

    def _key_of(self, persons: Iterable[str]) -> bytes:
        keys = b"".join(self._unwrapped(each, self._kept[each].key) for each in persons)
        return hmac.digest(keys, b"voltbus identities text", hashlib.sha512)

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
