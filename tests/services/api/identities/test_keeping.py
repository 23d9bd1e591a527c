"""Persons are kept once, before anything names them, and read back."""

import asyncio

import pytest

from schemas.base import Record
from schemas.identities import IdentityErased, IdentityKept, PeriodKeyKept
from schemas.identityvault import Vault
from services.api.identities import keeping
from services.api.identities.keeping import Keeper, no_keeper
from services.runtime.process.outage import Outage, Unusable
from tests.schemas.vaults import KEY, NOON, OTHER_KEY, Opened, chance


class Topic:
    """The vault's topic: processes that write to it, and all read it in one order."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.readers: list[Keeper] = []
        self.reading = True

    def keeper(self, key: bytes = KEY) -> Keeper:
        keeper = Keeper(Vault(key), self, clock=lambda: NOON, random=chance)
        for record in self.records:
            keeper.heard(record)
        self.readers.append(keeper)
        return keeper

    async def publish(self, *records: Record) -> None:
        await asyncio.sleep(0)
        self.records += records
        for keeper in self.readers if self.reading else ():
            for record in records:
                keeper.heard(record)

    def kept(self) -> list[str]:
        return [record.identity for record in self.records if isinstance(record, IdentityKept)]


async def started(topic: Topic) -> Keeper:
    keeper = topic.keeper()
    await keeper._look_after()
    return keeper


async def test_a_person_is_kept_once_however_often_and_in_whatever_case_he_is_named() -> None:
    topic = Topic()
    keeper = await started(topic)

    await keeper.keep([("04A2", "token"), ("04a2", "token")])
    await keeper.keep([(" 04a2 ", "token"), (keeper.hide("04A2", "token"), "token")])

    assert topic.kept() == [keeper.hide("04a2", "token")]
    assert keeper.known("04A2") == topic.kept()[0]
    assert keeper.known("04FF") is None


async def test_two_processes_that_keep_somebody_at_once_have_one_pseudonym_and_the_other_is_erased() -> None:
    topic = Topic()
    one, other = await started(topic), topic.keeper()

    await asyncio.gather(one.keep([("04A2", "token")]), other.keep([("04A2", "token")]))

    first, *late = topic.kept()
    assert len(late) == 1
    assert one.hide("04A2", "token") == other.hide("04A2", "token") == first
    assert [record.identity for record in topic.records if isinstance(record, IdentityErased)] == late


async def test_somebody_who_is_not_read_back_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "READ_BACK_WITHIN_S", 0.01)
    topic = Topic()
    keeper = await started(topic)
    topic.reading = False

    with pytest.raises(Outage):
        await keeper.keep([("04A2", "token")])


async def test_an_erased_person_is_known_to_no_process() -> None:
    topic = Topic()
    one, other = await started(topic), topic.keeper()
    await one.keep([("04A2", "token")])

    await one.erase(topic.kept(), "ann", topic)

    assert other.vault.reveal(topic.kept()[0]) is None
    assert other.hide("04A2", "token") != topic.kept()[0]
    assert isinstance(topic.records[-1], IdentityErased)
    assert topic.records[-1].erased_by == "ann"


async def test_keys_of_months_are_made_at_the_start_and_without_them_nobody_is_named() -> None:
    topic = Topic()
    keeper = topic.keeper()
    assert keeper.not_ready()
    with pytest.raises(Outage):
        keeper.hide("04A2", "token")

    stop = asyncio.Event()
    running = asyncio.create_task(keeper.run(stop))
    while keeper.not_ready():
        await asyncio.sleep(0)
    stop.set()
    await running

    assert [record.period for record in topic.records if isinstance(record, PeriodKeyKept)] == ["2026-06", "2026-07"]


def test_a_vault_of_another_key_ends_the_process_with_what_to_do() -> None:
    keeper = Topic().keeper(OTHER_KEY)

    with pytest.raises(Unusable, match="identities_key_file"):
        keeper.heard(Opened().records[0])


async def test_without_a_key_nothing_is_kept_and_nothing_is_waited_for() -> None:
    keeper = no_keeper()

    assert not keeper.is_on
    assert keeper.not_ready() == []
    await keeper.run(asyncio.Event())
