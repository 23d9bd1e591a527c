"""A simulated fleet with client certificates: the load tester's stations come in by security profile 3."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from loadtest.ocpp.clientcertificates import prepare
from loadtest.ocpp.websocket import Refused, Target, connect
from tests.gateway.conftest import World
from tests.gateway.running import Running

pytestmark = [pytest.mark.embedded, pytest.mark.asyncio(loop_scope="module")]


class Quiet:
    """A simulated station that does nothing with what it hears."""

    def received(self, message: bytes) -> None:
        """Nothing."""

    def closed(self, code: int) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulated")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(embedded_bootstrap: str, world: World, folder: Path) -> AsyncIterator[Running]:
    """A gateway that lets unknown stations in by a certificate of the load tester's authority alone."""
    running = Running(embedded_bootstrap, "gw-simulated")
    settings = world.settings(tls_client_ca=str(prepare(folder)), stations_unknown="refuse")
    await running.start(**settings, stations_unknown_certified="accept")
    yield running
    await running.finish()


async def test_simulated_stations_come_in_with_certificates_of_their_own(
    gateway: Running, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(world.servers.path))
    secure, plain = f"wss://localhost:{gateway.ports['mtls']}/ocpp", f"ws://127.0.0.1:{gateway.ports['plain']}/ocpp"

    for number, version in enumerate(("ocpp1.6", "ocpp2.0.1", "ocpp2.1")):
        name = f"LOAD-{number:05d}"
        target = Target(url=secure, station=name, subprotocol=version, client_certificates=str(folder))
        socket = await connect(target, Quiet())
        connected = await gateway.finds("StationConnected", station=name)
        socket.abort()
        assert (connected.security_profile, bool(connected.certificate)) == (3, True)
    with pytest.raises(Refused, match="404"):
        await connect(Target(url=plain, station="LOAD-00009", subprotocol="ocpp1.6"), Quiet())
