"""The worker judges a batch of contracts side by side, by the roots as they are now."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.authorities import AUTHORITIES, AuthorityAnnounced
from schemas.authorization import CONTRACTS, AuthorizationRequested, ContractVerdict
from schemas.codec import encode
from schemas.contracts import REF_CONTRACT_ROOTS
from schemas.identities import REF_IDENTITIES
from schemas.identityvault import NO_VAULT, Vault
from services.iso15118 import contractworker
from services.iso15118.contractworker import ContractWorker
from services.iso15118.judging import Trust
from services.iso15118.settings import Iso15118Settings
from services.runtime.process.outage import Outage
from tests.pki import NOW
from tests.schemas.vaults import KEY, Opened
from tests.services.authorities.test_signer import Bus
from tests.services.iso15118.given import Clock, an_authority, name_of, said
from tests.services.iso15118.test_judging import presented


class Judges:
    """Finds every contract good, and keeps what it was to trust."""

    def __init__(self, vault: Vault = NO_VAULT) -> None:
        self.trusted: list[Trust] = []
        self.vault = vault

    async def requested(self, contract: Any, trust: Trust) -> AuthorizationRequested:
        self.trusted.append(trust)
        members = {
            name: getattr(contract, name) for name in ("id", "token", "id_token", "station", "reply_to", "received_at")
        }
        return AuthorizationRequested(**members, contract=ContractVerdict(status="Accepted"))


def worker() -> tuple[ContractWorker, Judges, Bus]:
    judges, bus = Judges(), Bus()
    made = ContractWorker(judges, Iso15118Settings(bus="embedded"), clock=Clock())  # type: ignore[arg-type]
    made._publisher = bus  # type: ignore[assignment]
    return made, judges, bus


def message(value: bytes | None) -> Any:
    return SimpleNamespace(topic=CONTRACTS.name, partition=0, offset=0, key=b"T", value=value)


@pytest.mark.usecase("C07", "C07.FR.05")
async def test_each_contract_becomes_a_request_once_the_roots_are_known() -> None:
    made, judges, bus = worker()

    async with asyncio.TaskGroup() as made._group:
        await made.handle([message(encode(presented("PEM"))) for _ in range(3)])
        await asyncio.sleep(0)
        assert bus.published == [], "the roots are not read yet"
        made._view.caught_up.set()

    assert [type(each) for each in bus.published] == [AuthorizationRequested] * 3
    assert len({id(trust) for trust in judges.trusted}) == 1, "roots are read anew only when they change"


async def test_a_contract_whose_responder_hangs_delays_no_other() -> None:
    made, judges, bus = worker()
    made._view.caught_up.set()
    hung, judged = asyncio.Event(), judges.requested

    async def requested(contract: Any, trust: Trust) -> AuthorizationRequested:
        if contract.station == "SLOW":
            await hung.wait()
        return await judged(contract, trust)

    judges.requested = requested  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as made._group:
        await made.handle(
            [message(encode(replace(presented("PEM"), station="SLOW"))), message(encode(presented("PEM")))]
        )
        await made.handle([message(encode(presented("PEM")))])
        while len(bus.published) < 2:
            await asyncio.sleep(0)
        hung.set()

    assert [each.station for each in bus.published] == ["CP-1", "CP-1", "SLOW"]  # type: ignore[attr-defined]


async def test_an_outage_loses_the_request_and_nothing_else() -> None:
    made, _, bus = worker()
    made._view.caught_up.set()

    async def away(*_: Any) -> None:
        raise Outage("away")

    publish, bus.publish = bus.publish, away  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as made._group:
        await made.handle([message(encode(presented("PEM")))])
    bus.publish = publish  # type: ignore[method-assign]
    async with asyncio.TaskGroup() as made._group:
        await made.handle([message(encode(presented("PEM")))])

    assert len(bus.published) == 1


async def test_a_contract_waits_for_the_roots_no_longer_than_its_station(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contractworker, "ROOTS_WITHIN_S", 0.0)
    made, _, bus = worker()

    async with asyncio.TaskGroup() as made._group:
        await made.handle([message(encode(presented("PEM")))])

    assert bus.published == []


async def test_roots_are_read_anew_when_they_change() -> None:
    made, judges, _ = worker()
    made._view.caught_up.set()
    for _ in range(2):
        async with asyncio.TaskGroup() as made._group:
            await made.handle([message(encode(presented("PEM")))])
        made._note(REF_CONTRACT_ROOTS, "r", None, None)  # type: ignore[arg-type]

    first, second = judges.trusted
    assert first is not second


async def test_the_vault_is_followed_where_there_is_one() -> None:
    opened, reading = Opened("DE8AAC12345678"), Vault(KEY)
    made = ContractWorker(Judges(reading), Iso15118Settings(bus="embedded"), clock=Clock())  # type: ignore[arg-type]
    for record in opened.records:
        made._note(REF_IDENTITIES, "i", record, None)  # type: ignore[arg-type]

    assert (
        reading.identities_of("de-8aa-c12345678", "token")
        == opened.vault.identities_of("DE8AAC12345678", "token")
        != ()
    )


async def test_it_says_when_the_vault_was_read() -> None:
    made, _, _ = worker()
    assert not made.caught_up.is_set()

    made._view.caught_up.set()

    assert made.caught_up.is_set()


async def test_what_cannot_be_read_is_a_dead_letter_and_tombstones_are_nothing() -> None:
    made, _, bus = worker()

    async with asyncio.TaskGroup() as made._group:
        await made.handle([message(b'{"record":"nonsense"}'), message(None)])

    assert bus.published == []
    assert len(bus.sent) == 1


async def test_it_is_not_ready_before_it_reads() -> None:
    assert worker()[0].not_ready() == ["iso15118-contracts is starting", "reference data is being read"]


def test_the_word_of_roots_and_of_authorities_that_sign_here_counts_as_soon_as_they_are_known(tmp_path: Path) -> None:
    made, _, _ = worker()
    own, stranger = an_authority(tmp_path, "own"), an_authority(tmp_path, "stranger")
    name = name_of(own, own.issue("leaf"))
    assert made.issuers().of(name) is None

    announced = AuthorityAnnounced(
        authority="own", kind="built-in", uses=(), chain=own.path.read_text(), announced_at=NOW
    )
    made._view._records[AUTHORITIES.name]["own"] = announced
    made._note(AUTHORITIES, "own", announced, None)  # type: ignore[arg-type]

    assert made.issuers().of(name) == own.certificate
    foreign, leaf = name_of(stranger, stranger.issue("leaf")), stranger.issue("leaf")
    assert made.issuers().of(foreign) is None
    brought = said(stranger, leaf, signer=stranger.issue("responder", responder=True))
    assert made.issuers().of(name_of(stranger, leaf), brought) is None, "the issuer itself did not come with the answer"
