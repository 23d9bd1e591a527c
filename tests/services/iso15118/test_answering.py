"""A request is answered with what was found out in time, and what became of it is a record."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from schemas.identities import IdentityErased
from schemas.iso15118 import (
    CertificateStatusDecided,
    ContractCertificateAsked,
    ContractCertificateDecided,
    Iso15118Answered,
    StatusCheck,
    StatusFound,
)
from schemas.x509 import HashData
from services.iso15118.answering import Answering, unfit
from services.iso15118.opening import UNREADABLE
from services.iso15118.port import ISO_2, ISO_20, NoContract, PoolTrouble
from services.iso15118.statuses import Issuers
from tests.pki import NOW
from tests.schemas.test_identitytraces import in_exi
from tests.schemas.vaults import Opened
from tests.services.iso15118.given import REPLY_TO, Clock, a_check, contract_asked, status_asked

NAME = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1")
CHECK = a_check(NAME, "http://r")


class Found:
    """Finds what it is told, after so long."""

    def __init__(self, wait_s: float = 0, **found: Any) -> None:
        self._wait_s = wait_s
        self._found = found

    async def find(self, check: StatusCheck, issuers: Issuers) -> StatusFound:
        await asyncio.sleep(self._wait_s)
        return StatusFound(source=check.source, name=check.name, **self._found)

    async def close(self) -> None: ...


class Scripted:
    """A pool that does what it is told."""

    def __init__(self, *does: Any, wait_s: float = 0) -> None:
        self._does = list(does)
        self._wait_s = wait_s
        self.asked: list[ContractCertificateAsked] = []

    async def contracts(self, asked: ContractCertificateAsked) -> tuple[str, ...]:
        self.asked.append(asked)
        await asyncio.sleep(self._wait_s)
        what = self._does.pop(0)
        if isinstance(what, Exception):
            raise what
        return what  # type: ignore[no-any-return]

    async def close(self) -> None: ...


def answering(found: Found | None = None, pool: Any = None, *, answer_s: float = 4.5, late_s: float = 0) -> Answering:
    clock = Clock(NOW + dt.timedelta(seconds=late_s))
    return Answering(found or Found(), pool, answer_s=answer_s, clock=clock)  # type: ignore[arg-type]


async def status(answers: Answering, *checks: StatusCheck, chain: bool = False) -> tuple[Any, Iso15118Answered]:
    decided, record = await answers.answered(status_asked(*checks, chain=chain))
    assert isinstance(decided, CertificateStatusDecided)
    assert isinstance(record, Iso15118Answered)
    return decided, record


async def contract(answers: Answering, **asked: Any) -> tuple[ContractCertificateDecided, Iso15118Answered]:
    decided, record = await answers.answered(contract_asked(**asked))
    assert isinstance(decided, ContractCertificateDecided)
    assert isinstance(record, Iso15118Answered)
    return decided, record


@pytest.mark.usecase("M06", "M06.FR.01", "M06.FR.02", "M06.FR.03")
async def test_a_status_is_found_and_its_record_has_no_answer_in_it() -> None:
    decided, record = await status(answering(Found(status="Good", ocsp="MIIB"), late_s=1), CHECK)

    assert (decided.reply_to, decided.found[0].ocsp) == (REPLY_TO, "MIIB")
    assert (record.request, record.kind, record.accepted, record.found[0].ocsp) == (
        "asked1",
        "certificate-status",
        True,
        "",
    )
    assert (record.took_ms, record.late) == (1_000, False)


@pytest.mark.usecase("M07", "M07.FR.08")
@pytest.mark.parametrize(("verdict", "accepted"), [("Good", True), ("Revoked", True), ("Failed", False)])
async def test_a_chain_counts_as_answered_where_each_status_is_known(verdict: str, accepted: bool) -> None:
    decided, record = await status(answering(Found(status=verdict, detail="d")), CHECK, CHECK, chain=True)

    assert [each.status for each in decided.found] == [verdict] * 2
    assert (record.kind, record.accepted, record.detail) == ("chain-status", accepted, "" if accepted else "d")


@pytest.mark.usecase("M06.FR.04", "M07.FR.02", "M07.FR.05")
async def test_what_is_not_found_in_time_has_failed() -> None:
    decided, record = await status(answering(Found(60, status="Good"), answer_s=0.05), CHECK)

    assert (decided.found[0].status, decided.found[0].name) == ("Failed", NAME)
    assert (record.accepted, record.detail) == (False, "Nothing was found out in time.")


async def test_a_request_that_is_read_too_late_is_not_looked_after_and_marked() -> None:
    pool = Scripted(("gJgC",))
    _, record = await contract(answering(pool=pool, late_s=9))

    assert (record.late, record.accepted) == (True, False)


@pytest.mark.usecase("M01", "M02", "M01.FR.01", "M02.FR.01")
@pytest.mark.parametrize("action", ["Install", "Update"])
async def test_a_contract_is_the_pools_and_only_sizes_are_kept(action: str) -> None:
    pool = Scripted(("gJgCgJgC",))

    decided, record = await contract(answering(pool=pool), action=action)

    assert (decided.exi_response, decided.remaining) == ("gJgCgJgC", None)
    assert (record.kind, record.accepted, record.action, record.schema_version) == (
        "contract-certificate",
        True,
        action,
        ISO_2,
    )
    assert (record.request_size, record.response_size) == (4, 8)
    assert pool.asked[0].action == action


@pytest.mark.usecase("M01", "M01.FR.04", "M01.FR.07", "M02", "M02.FR.02")
async def test_further_contracts_come_without_asking_the_pool_again() -> None:
    pool = Scripted(("AAAA", "BBBB"))
    answers = answering(pool=pool)
    asked: dict[str, Any] = {"schema_version": ISO_20, "maximum_chains": 2, "action": "Update"}

    first, second = (await contract(answers, **asked))[0], (await contract(answers, **asked))[0]

    assert [(one.exi_response, one.remaining) for one in (first, second)] == [("AAAA", 1), ("BBBB", 0)]
    assert [one.action for one in pool.asked] == ["Install"]  # ISO 15118-20 knows no update


@pytest.mark.usecase("M01", "M02")
@pytest.mark.parametrize(
    ("pool", "asked", "why"),
    [
        (None, {}, "No contract pool"),
        (Scripted(NoContract("it has none")), {}, "it has none"),
        (Scripted(PoolTrouble("it is away")), {}, "it is away"),
        (Scripted(("gJgC",), wait_s=60), {}, "in time"),
        (Scripted(), {"schema_version": "urn:din:70121:2012:MsgDef"}, "urn:din:70121"),
        (Scripted(), {"exi_request": "no base64!"}, "not base64"),
    ],
    ids=["none", "without", "away", "slow", "version", "base64"],
)
async def test_without_a_contract_the_reason_is_told(pool: Any, asked: dict[str, Any], why: str) -> None:
    decided, record = await contract(answering(pool=pool, answer_s=0.05), **asked)

    assert decided.exi_response == ""
    assert why in decided.detail
    assert (record.accepted, record.detail) == (False, decided.detail)


def test_both_versions_of_iso_15118_are_asked_for() -> None:
    assert [unfit(contract_asked(schema_version=version)) for version in (ISO_2, ISO_20)] == ["", ""]


# -- with the vault of identities -------------------------------------------------------------------------------------

EMAID = "DE8AAC12345678"
EXI_REQUEST, EXI_ANSWER = in_exi("OEM-PCID"), in_exi(EMAID, bit=3)


async def test_messages_are_in_clear_at_the_pool_alone_and_the_answer_is_destroyed_with_the_contract_s_owner() -> None:
    opened = Opened(EMAID, at=NOW)
    pool = Scripted((EXI_ANSWER,))
    answers = Answering(Found(), pool, answer_s=4.5, clock=Clock(), vault=opened.vault)  # type: ignore[arg-type]
    period = opened.vault.period_at(NOW)
    decided, record = await contract(
        answers,
        exi_request=opened.vault.seal(EXI_REQUEST, period),
        prioritized_emaids=(opened.vault.seal("DE-8AA-CNOBODY01", period),),
    )

    assert (pool.asked[0].exi_request, pool.asked[0].prioritized_emaids) == (EXI_REQUEST, ("DE-8AA-CNOBODY01",))
    assert opened.vault.open(decided.exi_response) == EXI_ANSWER
    assert decided.exi_size == record.response_size == len(EXI_ANSWER)
    assert record.request_size == len(EXI_REQUEST)
    [owner] = opened.vault.identities_of(EMAID, "token")
    opened.publish(IdentityErased(identity=owner, erased_at=NOW))
    assert opened.vault.open(decided.exi_response) is None


async def test_a_message_that_nobody_can_read_any_more_is_failed_and_no_pool_is_asked() -> None:
    opened = Opened(EMAID, at=NOW)
    sealed = opened.vault.seal_named(EXI_ANSWER, opened.vault.period_at(NOW))
    [owner] = opened.vault.identities_of(EMAID, "token")
    opened.publish(IdentityErased(identity=owner, erased_at=NOW))
    pool = Scripted((EXI_ANSWER,))
    answers = Answering(Found(), pool, answer_s=4.5, clock=Clock(), vault=opened.vault)  # type: ignore[arg-type]

    decided, _ = await contract(answers, exi_request=sealed)

    assert (decided.exi_response, decided.detail, pool.asked) == ("", UNREADABLE, [])


async def test_the_pool_s_own_words_are_kept_encrypted_and_not_told_to_the_station() -> None:
    opened = Opened(at=NOW)
    pool = Scripted(NoContract("The contract pool answered 404.", f"no contract {EMAID}"))
    answers = Answering(Found(), pool, answer_s=4.5, clock=Clock(), vault=opened.vault)  # type: ignore[arg-type]

    decided, record = await contract(answers)

    assert decided.detail == "The contract pool answered 404."
    sealed = record.detail.removeprefix(f"{decided.detail} ")
    assert opened.vault.open(sealed) == f"no contract {EMAID}"


async def test_a_request_waits_for_the_vault_to_be_read_and_no_longer_than_its_time() -> None:
    read = asyncio.Event()
    opened = Opened(EMAID, at=NOW)
    made: dict[str, Any] = {"answer_s": 4.5, "clock": Clock(), "vault": opened.vault, "vault_read": read}
    answers = Answering(Found(), Scripted((EXI_ANSWER,)), **made)  # type: ignore[arg-type]
    asking = asyncio.create_task(contract(answers))
    await asyncio.sleep(0)
    assert not asking.done()
    read.set()
    assert (await asking)[0].exi_response

    made |= {"vault_read": asyncio.Event(), "answer_s": 0.0}
    late, _ = await contract(Answering(Found(), Scripted((EXI_ANSWER,)), **made))  # type: ignore[arg-type]
    assert late.detail == "The vault of identities is not read yet."
