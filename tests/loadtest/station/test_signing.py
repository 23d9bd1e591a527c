"""A simulated station asks for its certificate, by itself or when it is triggered, and takes what is made for its newest key."""

import datetime as dt
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

TRIGGERS = {
    "1.6": ("ExtendedTriggerMessage", "SignChargePointCertificate"),
    "2.0.1": ("TriggerMessage", "SignChargingStationCertificate"),
    "2.1": ("TriggerMessage", "SignChargingStationCertificate"),
}


def signed(csr: str) -> str:
    """The certificate of a request, in PEM."""
    asked = x509.load_pem_x509_csr(csr.encode())
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(asked.subject).issuer_name(asked.subject)
    builder = builder.public_key(asked.public_key()).serial_number(7)
    builder = builder.not_valid_before(begins).not_valid_after(begins + dt.timedelta(days=9))
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize("version", list(VERSIONS))
async def test_a_station_takes_the_certificate_of_its_newest_key_alone(version: str) -> None:
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        action, message = TRIGGERS[version]

        async def asks(count: int) -> str:
            triggered = await csms.ask(NAME, version, action, {"requestedMessage": message})
            assert triggered[2]["status"] == "Accepted"
            await csms.until(lambda: len(csms.payloads("SignCertificate")) == count)
            return str(csms.payloads("SignCertificate")[-1]["csr"])

        async def takes(csr: str) -> Any:
            return (await csms.ask(NAME, version, "CertificateSigned", {"certificateChain": signed(csr)}))[2]["status"]

        first = await asks(1)
        assert await takes(first) == "Accepted"
        second = await asks(2)
        assert await takes(first) == "Rejected"
        await csms.until(
            lambda: (
                "InvalidChargingStationCertificate"
                in [each["type"] for each in csms.payloads("SecurityEventNotification")]
            )
        )
        assert await takes(second) == "Accepted"

    assert csms.invalid == []


async def test_a_station_asks_by_itself_once_it_is_accepted() -> None:
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, "2.1", clock)
        station.plan = replace(station.plan, asks_to_sign_after_s=5.0)
        async with moving(station.run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "SignCertificate" in csms.actions(NAME))

    assert [each["requestId"] for each in csms.payloads("SignCertificate")] == [1]
