"""Vaults for tests: with the keys of this month and the next, and whoever is kept in them."""

import datetime as dt
import random

from schemas.base import Record
from schemas.identities import IdentityErased, IdentityKept
from schemas.identityvault import RANDOM_BYTES, Kind, Vault

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
KEY, OTHER_KEY = bytes(64), b"\x01" * 64
_chance = random.Random(7)


def chance() -> bytes:
    """Bytes for a new record, others each time."""
    return _chance.randbytes(RANDOM_BYTES)


class Opened:
    """A vault that reads what it publishes. `records`: its topic."""

    def __init__(self, *values: str, key: bytes = KEY, at: dt.datetime = NOON) -> None:
        self.vault = Vault(key)
        self.records: list[Record] = []
        self.publish(*self.vault.new_periods(at, chance))
        for value in values:
            self.keep(value)

    def publish(self, *records: Record) -> None:
        """Onto the topic, and read back."""
        self.records += records
        for record in records:
            self.vault.apply(record)

    def look_after(self, at: dt.datetime) -> None:
        """Make the keys of months that are missing, and throw away those that are over."""
        self.publish(*self.vault.new_periods(at, chance))
        self.publish(*(IdentityErased(identity=each, erased_at=at) for each in self.vault.surplus_periods(at)))

    def keep(self, value: str, kind: Kind = "token") -> IdentityKept:
        """Keep somebody."""
        record = self.vault.kept(value, kind, random=chance(), at=NOON)
        self.publish(record)
        return record
