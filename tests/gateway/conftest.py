"""What the tests of TLS share: one infrastructure of keys, made once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.tls.settings import CIPHERS, Files
from tests.pki import Authority, Issued, authority


@dataclass(frozen=True)
class World:
    """An authority of servers, one of stations, and certificates of both."""

    folder: Path
    servers: Authority
    stations: Authority
    others: Authority
    ec: Issued
    rsa: Issued

    def settings(self, **more: object) -> dict[str, object]:
        """Settings of a gateway with all three ports."""
        return {
            "tls_port": 0,
            "mtls_port": 0,
            "tls_certificates": f"{self.ec.path}, {self.rsa.path}",
            "tls_client_ca": str(self.stations.path),
        } | more

    def files(self, **more: object) -> Files:
        """The files of such a gateway."""
        given: dict[str, object] = {
            "pairs": tuple((str(each.path), str(each.path)) for each in (self.ec, self.rsa)),
            "password_file": "",
            "client_ca": str(self.stations.path),
            "crls": (),
            "ciphers": CIPHERS,
            "minimum": "1.2",
        }
        return Files(**given | more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("pki")
    servers = authority(folder, "servers")
    names = ("csms.example", "localhost")
    return World(
        folder=folder,
        servers=servers,
        stations=authority(folder, "stations"),
        others=authority(folder, "others"),
        ec=servers.issue("csms.example", alternatives=names),
        rsa=servers.issue("csms.example", alternatives=names, kind="rsa"),
    )
