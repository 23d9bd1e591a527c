"""Contract certificates: their chain, what responders say of them, what operators revoked, and what happens where nobody says anything."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.x509.ocsp import OCSPCertStatus, load_der_ocsp_request
from msgspec.structs import replace

from schemas.authorization import (
    AuthorizationRequested,
    CertificateHash,
    ContractCertificate,
    ContractPresented,
    IdToken,
    token_key,
)
from schemas.contracts import ContractRootRemoved, ContractRootTrusted
from schemas.identities import IdentityErased
from schemas.identityvault import month
from schemas.revocations import CertificateRevoked
from schemas.x509 import named_by, read_pem
from services.iso15118.asking import Statuses
from services.iso15118.judging import UNREADABLE, Judging, Trust, roots_of
from services.iso15118.settings import Iso15118Settings
from services.iso15118.statuses import Issuers
from tests.pki import EMAID, NOW, Authority, Contracts, Issued, contracts, pem_of
from tests.schemas.vaults import Opened
from tests.services.iso15118.given import REPLY_TO, Clock, a_list, said
from tests.services.serving import HttpServer

pytestmark = pytest.mark.usecase("C07", "C07.FR.05")

CHECK_S = 3.0


@pytest.fixture(scope="module")
def mo(tmp_path_factory: pytest.TempPathFactory) -> Contracts:
    return contracts(tmp_path_factory.mktemp("mo"))


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def statuses() -> AsyncIterator[Statuses]:
    asking = Statuses(Iso15118Settings(iso15118_private_addresses="allow"), Issuers(), Clock())
    yield asking
    await asking.close()


def judging(statuses: Statuses, unconfirmed: Any = "reject", check_s: float = CHECK_S) -> Judging:
    return Judging(statuses, check_s=check_s, unconfirmed=unconfirmed, clock=Clock())


def presented(
    chain: str = "", *hashes: CertificateHash, emaid: str = EMAID, at: dt.datetime = NOW
) -> ContractPresented:
    return ContractPresented(
        id="c1",
        token=token_key(emaid),
        id_token=IdToken(value=emaid, type="eMAID"),
        station="CP-1",
        certificate=ContractCertificate(chain=chain, hashes=hashes),
        reply_to=REPLY_TO,
        received_at=at,
    )


def hashed(issuer: Authority, own: Issued | Authority, url: str, algorithm: str = "SHA256") -> CertificateHash:
    name = named_by(issuer.certificate, own.certificate.serial_number, algorithm)
    return CertificateHash(
        hash_algorithm=name.hash_algorithm,
        issuer_name_hash=name.issuer_name_hash.upper(),
        issuer_key_hash=name.issuer_key_hash,
        serial_number=name.serial_number,
        responder_url=url,
    )


def trusting(*roots: Authority, revoked: tuple[Issued, ...] = ()) -> Trust:
    def revocation(own: Issued) -> CertificateRevoked:
        read = read_pem(own.pem)
        return CertificateRevoked(
            fingerprint=read.fingerprint, serial_number="1", issuer="", expires_at=read.expires_at, revoked_at=NOW
        )

    return Trust(
        roots=tuple(root.certificate for root in roots), revoked={one.fingerprint: revocation(one) for one in revoked}
    )


async def verdict(judge: Judging, contract: ContractPresented, trust: Trust) -> tuple[str, str]:
    asked = await judge.requested(contract, trust)
    assert asked.contract is not None
    return asked.contract.status, asked.contract.detail


# -- the chain is there -----------------------------------------------------------------------------------------------


@pytest.mark.usecase("C07.FR.14", "TC_C_52_CSMS")
async def test_the_responder_of_the_certificate_is_asked_once_and_its_token_is_to_be_authorized(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")
    server.content["/ocsp"] = said(mo.lower, own)

    asked = await judging(statuses).requested(presented(mo.chain(own)), trusting(mo.root))
    again = await judging(statuses).requested(presented(mo.chain(own)), trusting(mo.root))

    assert isinstance(asked, AuthorizationRequested)
    assert again == asked, "what is read twice is one request"
    assert asked.contract is not None
    assert (asked.contract.status, asked.contract.expires_at) == ("Accepted", own.certificate.not_valid_after_utc)
    assert (asked.token, asked.purpose, asked.reply_to) == ("DE8AAC12345678", "authorize", REPLY_TO)
    assert asked.certificate == ContractCertificate(), "so that a service of before verdicts refuses it"
    (question,) = server.asked
    assert load_der_ocsp_request(question.body).serial_number == own.certificate.serial_number


@pytest.mark.usecase("C07.FR.16")
async def test_a_certificate_that_its_responder_or_its_list_calls_revoked_is_refused(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")
    server.content["/ocsp"] = said(mo.lower, own, OCSPCertStatus.REVOKED)
    listed = mo.issue(crl=f"{server.url}/crl")
    server.content["/crl"] = a_list(mo.lower, listed)

    for each in (own, listed):
        status, why = await verdict(judging(statuses), presented(mo.chain(each)), trusting(mo.root))
        assert status == "CertificateRevoked"
        assert why == "Revoked: the contract certificate."


async def test_the_list_is_read_where_no_responder_says_anything(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue(ocsp=f"{server.url}/away", crl=f"{server.url}/crl")
    server.content["/crl"] = a_list(mo.lower)

    assert (await verdict(judging(statuses), presented(mo.chain(own)), trusting(mo.root)))[0] == "Accepted"


@pytest.mark.usecase("C07.FR.16")
async def test_what_an_operator_revoked_is_refused_without_asking_anybody(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")

    found = await verdict(judging(statuses), presented(mo.chain(own)), trusting(mo.root, revoked=(own,)))
    assert found[0] == "CertificateRevoked"
    assert server.asked == []


@pytest.mark.usecase("C07.FR.17")
async def test_nobody_is_asked_about_a_chain_that_does_not_count(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")

    assert (await verdict(judging(statuses), presented(mo.chain(own)), trusting()))[0] == "CertChainError"
    assert (await verdict(judging(statuses), presented("garbage"), trusting(mo.root)))[0] == "CertChainError"
    assert server.asked == []


@pytest.mark.usecase("C07.FR.17")
async def test_where_nobody_says_anything_the_setting_decides(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    silent, bare = mo.issue(ocsp=f"{server.url}/none"), mo.issue()
    for own, why in ((silent, "Nobody says"), (bare, "Nobody can be asked")):
        refused = await verdict(judging(statuses), presented(mo.chain(own)), trusting(mo.root))
        accepted = await verdict(judging(statuses, "accept"), presented(mo.chain(own)), trusting(mo.root))

        assert (refused[0], accepted[0]) == ("CertChainError", "Accepted")
        assert why in refused[1]
        assert refused[1] == accepted[1], "it stands on the record that nobody said so"


async def test_a_responder_that_hangs_is_waited_for_no_longer_than_the_station_may_wait(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    server.hangs = True
    own = mo.issue(ocsp=f"{server.url}/ocsp")

    async with asyncio.timeout(10):
        found = await verdict(judging(statuses, check_s=0.05), presented(mo.chain(own)), trusting(mo.root))
    assert found[0] == "CertChainError"


@pytest.mark.usecase("C07.FR.16")
async def test_the_word_of_a_stranger_does_not_count(
    mo: Contracts, server: HttpServer, statuses: Statuses, tmp_path: Any
) -> None:
    stranger = contracts(tmp_path)
    own = mo.issue(ocsp=f"{server.url}/ocsp")
    server.content["/ocsp"] = said(stranger.lower, own)

    assert (await verdict(judging(statuses), presented(mo.chain(own)), trusting(mo.root)))[0] == "CertChainError"


async def test_private_addresses_are_not_asked_unless_they_are_allowed(mo: Contracts, server: HttpServer) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")
    server.content["/ocsp"] = said(mo.lower, own)
    strict = Statuses(Iso15118Settings(), Issuers(), Clock())
    found = await verdict(judging(strict), presented(mo.chain(own)), trusting(mo.root))
    await strict.close()

    assert found[0] == "CertChainError"
    assert "iso15118_private_addresses" in found[1]
    assert server.asked == []


@pytest.mark.parametrize("kept", [True, False])
async def test_a_pseudonym_stands_for_the_contract_where_there_is_a_vault(
    mo: Contracts, server: HttpServer, statuses: Statuses, kept: bool
) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")
    server.content["/ocsp"] = said(mo.lower, own)
    opened = Opened(*(["DE8AAC12345678"] if kept else []), at=NOW)
    judge = Judging(statuses, check_s=CHECK_S, unconfirmed="reject", clock=Clock(), vault=opened.vault)
    pseudonym = opened.vault.pseudonym(EMAID, "token", month(NOW))
    other = opened.vault.pseudonym("DE8AAC87654321", "token", month(NOW))

    assert (await verdict(judge, presented(mo.chain(own), emaid=pseudonym), trusting(mo.root)))[0] == "Accepted"
    assert (await verdict(judge, presented(mo.chain(own), emaid=other), trusting(mo.root)))[0] == "CertChainError"
    blind = judging(statuses)
    assert (await verdict(blind, presented(mo.chain(own), emaid=pseudonym), trusting(mo.root)))[0] == "CertChainError"


async def test_a_chain_is_encrypted_for_its_owner_and_opened_in_memory_while_he_is_kept(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue(ocsp=f"{server.url}/ocsp")
    server.content["/ocsp"] = said(mo.lower, own)
    opened = Opened(EMAID, at=NOW)
    judge = Judging(statuses, check_s=CHECK_S, unconfirmed="accept", clock=Clock(), vault=opened.vault)
    [pseudonym] = opened.vault.identities_of(EMAID, "token")
    sealed = opened.vault.seal_named(mo.chain(own), month(NOW))
    assert await verdict(judge, presented(sealed, emaid=pseudonym), trusting(mo.root)) == ("Accepted", "")

    opened.publish(IdentityErased(identity=pseudonym, erased_at=NOW))

    assert await verdict(judge, presented(sealed, emaid=pseudonym), trusting(mo.root)) == ("CertChainError", UNREADABLE)


# -- hashes alone -----------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C07.FR.02", "C07.FR.14", "TC_C_50_CSMS")
async def test_the_responder_that_the_station_names_is_asked_by_the_hashes(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue()
    signer = mo.lower.issue("Responder", responder=True)
    server.content |= {
        "/leaf": said(mo.lower, own, signer=signer, besides=(mo.lower.certificate,)),
        "/lower": said(mo.upper, mo.lower, besides=(mo.upper.certificate,)),
        "/upper": said(mo.root, mo.upper),
    }
    hashes = (
        hashed(mo.lower, own, f"{server.url}/leaf"),
        hashed(mo.upper, mo.lower, f"{server.url}/lower"),
        hashed(mo.root, mo.upper, f"{server.url}/upper"),
    )

    assert (await verdict(judging(statuses), presented("", *hashes), trusting(mo.root))) == ("Accepted", "")
    assert {each.path for each in server.asked} == {"/leaf", "/lower", "/upper"}

    server.content["/lower"] = said(mo.upper, mo.lower, OCSPCertStatus.REVOKED, besides=(mo.upper.certificate,))
    afresh = Statuses(Iso15118Settings(iso15118_private_addresses="allow"), Issuers(), Clock())
    assert (await verdict(judging(afresh), presented("", *hashes), trusting(mo.root)))[0] == "CertificateRevoked"
    await afresh.close()


@pytest.mark.usecase("C07.FR.17")
async def test_an_answer_counts_only_by_the_issuer_that_the_hashes_name(
    mo: Contracts, server: HttpServer, statuses: Statuses, tmp_path: Any
) -> None:
    own, stranger = mo.issue(), contracts(tmp_path)
    hashes = hashed(mo.lower, own, f"{server.url}/ocsp")
    server.content["/ocsp"] = said(stranger.lower, own, besides=(stranger.lower.certificate,))
    assert (await verdict(judging(statuses), presented("", hashes), trusting(mo.root)))[0] == "CertChainError"

    server.content["/ocsp"] = said(mo.lower, own)
    unsaid = Statuses(Iso15118Settings(iso15118_private_addresses="allow"), Issuers(), Clock())
    refused = await verdict(judging(unsaid), presented("", hashes), trusting(mo.root))
    trusted = await verdict(judging(unsaid), presented("", hashes), trusting(mo.root, mo.lower))
    await unsaid.close()
    assert (refused[0], trusted[0]) == ("CertChainError", "Accepted"), "its issuer is neither in the answer nor trusted"


async def test_the_authorities_of_a_chain_that_counted_are_known_when_hashes_come_alone(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own, judge = mo.issue(), judging(statuses)
    signer = mo.lower.issue("Responder", responder=True)
    server.content["/ocsp"] = said(mo.lower, own, signer=signer)
    hashes = hashed(mo.lower, own, f"{server.url}/ocsp")

    before = await verdict(judge, presented("", hashes), trusting(mo.root))
    await verdict(judge, presented(mo.chain(own)), trusting(mo.root))
    after = await verdict(judge, presented("", hashes), trusting(mo.root))
    assert (before[0], after[0]) == ("CertChainError", "Accepted")


@pytest.mark.usecase("C07.FR.16", "TC_C_51_CSMS")
async def test_a_responder_that_nobody_can_check_is_believed_where_it_says_revoked(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue()
    server.content["/ocsp"] = said(mo.lower, own, OCSPCertStatus.REVOKED)
    hashes = hashed(mo.lower, own, f"{server.url}/ocsp")

    for unconfirmed in ("accept", "reject"):
        found = await verdict(judging(statuses, unconfirmed), presented("", hashes), trusting(mo.root))
        assert found[0] == "CertificateRevoked"


@pytest.mark.usecase("C07.FR.17")
@pytest.mark.parametrize(
    "broken",
    [{"hash_algorithm": "MD5"}, {"issuer_key_hash": "zz"}, {"serial_number": ""}, {"responder_url": "ftp://x"}],
)
async def test_hashes_that_nobody_can_be_asked_by_are_refused(
    mo: Contracts, server: HttpServer, statuses: Statuses, broken: dict[str, str]
) -> None:
    hashes = replace(hashed(mo.lower, mo.issue(), f"{server.url}/ocsp"), **broken)

    assert (await verdict(judging(statuses), presented("", hashes), trusting(mo.root)))[0] == "CertChainError"


async def test_a_responder_that_the_station_names_is_asked_where_the_chain_names_none(
    mo: Contracts, server: HttpServer, statuses: Statuses
) -> None:
    own = mo.issue()
    server.content["/ocsp"] = said(mo.lower, own)
    hashes = hashed(mo.lower, own, f"{server.url}/ocsp", "SHA512")

    assert (await verdict(judging(statuses), presented(mo.chain(own), hashes), trusting(mo.root)))[0] == "Accepted"


async def test_nothing_at_all_is_no_certificate(statuses: Statuses) -> None:
    assert (await verdict(judging(statuses), presented(), trusting()))[0] == "NoCertificateAvailable"


def test_roots_that_were_removed_are_trusted_no_longer(mo: Contracts) -> None:
    read = read_pem(pem_of(mo.root))
    trusted = ContractRootTrusted(
        root=read.fingerprint,
        use="MORootCertificate",
        certificate=pem_of(mo.root),
        subject=read.subject,
        issuer=read.issuer,
        serial_number=read.serial_number,
        valid_from=read.valid_from,
        expires_at=read.expires_at,
        trusted_at=NOW,
    )

    assert roots_of([trusted, ContractRootRemoved(root="aa", removed_at=NOW)]) == (mo.root.certificate,)
