"""Keeping: the vault as one process of the API has it: persons are kept before anything names them, and erased from it."""

import asyncio
import logging
import os
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Protocol

from schemas.base import Record
from schemas.identities import IdentityErased, IdentityKept, is_pseudonym
from schemas.identityvault import NO_VAULT, RANDOM_BYTES, Kind, NoPeriodKey, Vault, WrongKey
from services.runtime.process.outage import Outage, Unusable

log = logging.getLogger("voltbus.api")

READ_BACK_WITHIN_S = 5.0
LOOK_EVERY_S, LOOK_AGAIN_S = 3_600.0, 1.0
"""How often the keys of months are looked at, and how soon again while there is none for this month."""

Person = tuple[str, Kind]


class Publishes(Protocol):
    """Records onto Kafka."""

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Outage."""


def _from_system() -> bytes:
    return os.urandom(RANDOM_BYTES)


class Keeper:
    """The vault, and what is published to it. `heard` is called for each of its records on Kafka, in their order."""

    def __init__(
        self,
        vault: Vault,
        publisher: Publishes | None,
        *,
        clock: Callable[[], datetime],
        random: Callable[[], bytes] = _from_system,
    ) -> None:
        self.vault = vault
        self._publisher = publisher
        self._clock = clock
        self._random = random
        self._read = asyncio.Event()

    @property
    def is_on(self) -> bool:
        """Whether there is a vault."""
        return self.vault.is_on

    def heard(self, record: Record) -> None:
        """A record of the vault was read. Raises Unusable where it was made with another key."""
        try:
            self.vault.apply(record)
        except WrongKey as error:
            raise Unusable(str(error)) from error
        self._read.set()

    def not_ready(self) -> list[str]:
        """Why nobody can be named now."""
        if self.is_on and not self.vault.has_period(self._clock()):
            return ["the vault of identities has no key for this month yet"]
        return []

    async def run(self, stop: asyncio.Event) -> None:
        """Have keys for this month and the next, and throw away those of months that are over, until `stop` is set."""
        while self.is_on and not stop.is_set():
            try:
                await self._look_after()
            except Outage as error:
                log.warning("the keys of months cannot be looked after now: %s; trying again", error)
            every_s = LOOK_AGAIN_S if self.not_ready() else LOOK_EVERY_S
            try:
                await asyncio.wait_for(stop.wait(), every_s)
            except TimeoutError:
                continue

    async def _look_after(self) -> None:
        now = self._clock()
        gone = [IdentityErased(identity=each, erased_at=now) for each in self.vault.surplus_periods(now)]
        await self._publish(*self.vault.new_periods(now, self._random), *gone)

    def hide(self, value: str, kind: Kind) -> str:
        """The pseudonym of a person; a pseudonym stays as it is. Raises Outage."""
        pseudonym = value.strip().upper()
        if is_pseudonym(pseudonym):
            return pseudonym
        try:
            return self.vault.pseudonym(value, kind, self.vault.period_at(self._clock()))
        except NoPeriodKey as error:
            raise Outage(str(error), may_have_left=False) from error

    def known(self, word: str) -> str | None:
        """The pseudonym of a token or a customer that is kept."""
        found = self.vault.identities_of(word, "token") or self.vault.identities_of(word, "customer")
        return found[0] if found else None

    async def keep(self, persons: Iterable[Person]) -> None:
        """Keep everyone who is not kept yet; return when this process has read it back. Raises Outage."""
        new = {self._same(person): person for person in persons if not self._is_kept(person)}
        if not new:
            return
        made = {person: self.vault.kept(*person, random=self._random(), at=self._clock()) for person in new.values()}
        await self._publish(*made.values())
        await self._until(lambda: all(map(self._is_kept, made)))
        await self._give_up(made)

    async def erase(self, identities: Collection[str], by: str, publisher: Publishes) -> None:
        """Erase persons, by a publisher that writes the audit log; return when this process has read it back. Raises Outage."""
        now = self._clock()
        await publisher.publish(*(IdentityErased(identity=each, erased_at=now, erased_by=by) for each in identities))
        await self._until(lambda: not any(self.vault.reveal(each) for each in identities))

    def _is_kept(self, person: Person) -> bool:
        value, kind = person
        return is_pseudonym(value.strip().upper()) or bool(self.vault.identities_of(value, kind))

    def _same(self, person: Person) -> str:
        return self.hide(*person) + person[1]

    async def _give_up(self, made: dict[Person, IdentityKept]) -> None:
        """Erase the pseudonyms that another process has made at the same time, and earlier on the topic."""
        late = [each.identity for (value, kind), each in made.items() if self.hide(value, kind) != each.identity]
        now = self._clock()
        await self._publish(*(IdentityErased(identity=each, erased_at=now) for each in late))

    async def _publish(self, *records: Record) -> None:
        if records and self._publisher is not None:
            await self._publisher.publish(*records)

    async def _until(self, done: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(READ_BACK_WITHIN_S):
                while not done():
                    self._read.clear()
                    await self._read.wait()
        except TimeoutError:
            raise Outage("the vault of identities is not read back in time") from None


def no_keeper() -> Keeper:
    """The keeper of a process without a vault."""
    return Keeper(NO_VAULT, None, clock=datetime.now)
