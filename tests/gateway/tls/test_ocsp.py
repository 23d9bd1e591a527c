"""OCSP: what a handshake gets of a responder that answers, or does not."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.x509.ocsp import OCSPCertStatus

from gateway.tls.certificates import ClientCertificate, read
from gateway.tls.ocsp import Ocsp
from gateway.tls.settings import TlsSettings
from tests.gateway.conftest import World
from tests.gateway.running import Running, refused
from tests.gateway.tls.clients import trusting
from tests.gateway.tls.responder import Responder, answer
from tests.pki import Issued

REVOKED = "The client certificate is revoked."


@pytest.fixture
async def responder() -> AsyncIterator[Responder]:
    async with Responder() as running:
        yield running


def known(world: World, own: Issued) -> ClientCertificate:
    return read([own.der, world.stations.certificate.public_bytes(serialization.Encoding.DER)])


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def test_an_answer_is_remembered_until_it_expires(world: World, responder: Responder) -> None:
    own = world.stations.issue("ASKED-1", ocsp=responder.url)
    responder.content = answer(world.stations, own.certificate)
    asking = Ocsp(TlsSettings(ocsp="hard"))
    certificate = known(world, own)
    assert await asyncio.gather(*(asking.fault(certificate, now()) for _ in range(5))) == [""] * 5
    assert await asking.fault(certificate, now()) == ""
    assert responder.questions == 1
    responder.content = answer(world.stations, own.certificate, OCSPCertStatus.REVOKED)
    assert await asking.fault(certificate, now() + dt.timedelta(hours=2)) == REVOKED
    await asking.close()


@pytest.mark.parametrize(("ocsp", "passes"), [("soft", True), ("hard", False)])
async def test_without_an_answer_the_setting_decides(
    world: World, responder: Responder, ocsp: str, passes: bool
) -> None:
    asking = Ocsp(TlsSettings(ocsp=ocsp, ocsp_timeout_s=0.5))  # type: ignore[arg-type]
    broken = known(world, world.stations.issue("ASKED-2", ocsp=responder.url))
    nobody = known(world, world.stations.issue("ASKED-3", ocsp="http://127.0.0.1:9/"))
    unnamed = known(world, world.stations.issue("ASKED-4"))
    for certificate in (broken, nobody, unnamed):
        assert (await asking.fault(certificate, now()) == "") is passes
    await asking.close()


async def test_what_is_remembered_is_bounded(world: World, responder: Responder) -> None:
    asking = Ocsp(TlsSettings(ocsp="hard", ocsp_cached=2, ocsp_url=responder.url))
    for number in range(4):
        own = world.stations.issue(f"MANY-{number}")
        responder.content = answer(world.stations, own.certificate)
        assert await asking.fault(known(world, own), now()) == ""
    assert len(asking._answers) == 2
    await asking.close()


@pytest.mark.embedded
async def test_attack_a_certificate_that_its_responder_calls_revoked(
    embedded_bootstrap: str, world: World, responder: Responder
) -> None:
    running = Running(embedded_bootstrap, "gw-ocsp")
    await running.start(**world.settings(ocsp="hard"))
    good, gone = (world.stations.issue(name, ocsp=responder.url) for name in ("GOOD-O", "GONE-O"))
    responder.content = answer(world.stations, good.certificate)
    async with running.secure_station("GOOD-O", "mtls", trusting(world.servers.path, good)):
        pass
    responder.content = answer(world.stations, gone.certificate, OCSPCertStatus.REVOKED)
    station = running.secure_station("GONE-O", "mtls", trusting(world.servers.path, gone))
    assert await refused(station) == (403, REVOKED + "\n")
    await running.finish()
