"""Contract certificates of a PKI that others made are judged as ours are: the test PKI of the package `iso15118`."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.x509.ocsp import OCSPCertStatus
from msgspec.structs import replace

from schemas.authorization import ContractCertificate
from services.iso15118.asking import Statuses
from services.iso15118.settings import Iso15118Settings
from services.iso15118.statuses import Issuers
from tests.pki import NOW, Authority, pem_of
from tests.services.iso15118 import independent
from tests.services.iso15118.given import Clock, said
from tests.services.iso15118.test_judging import hashed, judging, presented, trusting, verdict
from tests.services.serving import HttpServer

pytestmark = pytest.mark.usecase("C07", "C07.FR.05")

EMAID = "UKSWI123456791A"
"""The contract of its configuration."""


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def made(server: HttpServer, tmp_path: Path) -> Path:
    """The PKI, whose certificates name a responder that is here."""
    return independent.pki(tmp_path, responder=f"{server.url}/")


@pytest.fixture
async def statuses() -> AsyncIterator[Statuses]:
    asking = Statuses(Iso15118Settings(iso15118_private_addresses="allow"), Issuers(), Clock(dt.datetime.now(dt.UTC)))
    yield asking
    await asking.close()


def root(made: Path, name: str = "moRootCA") -> Authority:
    return independent.authority(made, name)


def chain(made: Path) -> str:
    return independent.pem(made, "contractLeaf", "moSubCA2", "moSubCA1")


async def judged(
    statuses: Statuses, chain: str, *roots: Authority, emaid: str = EMAID, after: dt.timedelta = dt.timedelta(0)
) -> tuple[str, str]:
    """The verdict of a worker that takes contracts of which nobody says anything."""
    at = dt.datetime.now(dt.UTC) + after
    judge = judging(statuses, "accept")
    judge._clock = Clock(at)
    return await verdict(judge, presented(chain, emaid=emaid, at=at), trusting(*roots))


async def test_its_contract_counts_below_its_root_and_below_no_other(made: Path, statuses: Statuses) -> None:
    assert (await judged(statuses, chain(made), root(made)))[0] == "Accepted"
    for other in ("v2gRootCA", "oemRootCA"):
        assert (await judged(statuses, chain(made), root(made, other)))[0] == "CertChainError"
    assert (await judged(statuses, independent.pem(made, "contractLeaf", "moSubCA2"), root(made)))[
        0
    ] == "CertChainError"


async def test_its_contract_is_of_its_emaid_and_no_other_leaf_is_a_contract(made: Path, statuses: Statuses) -> None:
    assert (await judged(statuses, chain(made), root(made), emaid="UKSWI123456792A"))[0] == "CertChainError"
    of_a_vehicle = independent.pem(made, "oemLeaf", "oemSubCA2", "oemSubCA1")
    assert (await judged(statuses, of_a_vehicle, root(made)))[0] == "CertChainError"
    of_an_authority = independent.pem(made, "moSubCA2", "moSubCA1")
    assert (await judged(statuses, of_an_authority, root(made)))[0] == "CertChainError"


async def test_its_contract_has_expired_after_two_years(made: Path, statuses: Statuses) -> None:
    assert (await judged(statuses, chain(made), root(made), after=dt.timedelta(days=731)))[0] == "CertificateExpired"
    before = await judged(statuses, chain(made), root(made), after=-dt.timedelta(days=1))
    assert before[0] == "CertChainError"
    assert "not valid before" in before[1]


async def test_a_changed_certificate_of_it_is_found_out(made: Path, statuses: Statuses) -> None:
    leaf = independent.pem(made, "contractLeaf")
    last = re.findall(r"^[A-Za-z0-9+/=]+$", leaf, re.MULTILINE)[-2]
    changed = leaf.replace(last, last[:10] + ("A" if last[10] != "A" else "B") + last[11:])

    found = await judged(statuses, changed + independent.pem(made, "moSubCA2", "moSubCA1"), root(made))

    assert found[0] in ("SignatureError", "CertChainError")
    assert found[0] != "Accepted"


@pytest.mark.parametrize(
    ("status", "expected"), [(OCSPCertStatus.GOOD, "Accepted"), (OCSPCertStatus.REVOKED, "CertificateRevoked")]
)
@pytest.mark.parametrize("shown", ["chain", "hashes"])
async def test_its_responder_says_whether_its_contract_was_revoked(
    made: Path, server: HttpServer, statuses: Statuses, status: OCSPCertStatus, expected: str, shown: str
) -> None:
    now = dt.datetime.now(dt.UTC)
    top, upper, issuer = (independent.authority(made, name) for name in ("moRootCA", "moSubCA1", "moSubCA2"))
    own = Authority(made, "contract", issuer.key, independent.certificate(made, "contractLeaf"))
    server.content |= {
        "/contractLeaf": said(issuer, own, status, at=now, besides=(issuer.certificate,)),
        "/moSubCA2": said(upper, issuer, at=now),
        "/moSubCA1": said(top, upper, at=now),
    }
    judge = judging(statuses, "reject")
    judge._clock = Clock(now)
    asked = presented(chain(made), emaid=EMAID, at=now)
    if shown == "hashes":
        hashes = (hashed(issuer, own, f"{server.url}/contractLeaf"),)
        asked = replace(asked, certificate=ContractCertificate(hashes=hashes))

    assert (await verdict(judge, asked, trusting(root(made))))[0] == expected


def test_its_authorities_can_be_trusted_as_ours(made: Path) -> None:
    from schemas.contracts import read_root

    assert read_root(pem_of(root(made))).expires_at > NOW
