"""The certificates of a simulated station: listed from its factory on, installed, deleted, refused."""

import pytest

from loadtest.ocpp.certificates import KEPT_AT_MOST, named
from loadtest.ocpp.versions import VERSIONS
from tests import roots
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

USE = "ManufacturerRootCertificate"


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_root_is_named_as_ocsp_names_it(kind):
    assert named(roots.a_root(kind=kind)) == roots.named(roots.a_root(kind=kind))


@pytest.mark.parametrize("version", list(VERSIONS))
async def test_certificates_are_installed_listed_and_deleted(version):
    clock = HandClock()
    asked = {"certificateType": USE if version == "1.6" else [USE]}
    name = roots.named(roots.a_root())
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))

        async def ask(action, **payload):
            return (await csms.ask(NAME, version, action, payload))[2]

        async def names():
            answer = await ask("GetInstalledCertificateIds", **asked)
            found = answer.get("certificateHashData") or [
                each["certificateHashData"] for each in answer["certificateHashDataChain"]
            ]
            return [each["serialNumber"] for each in found]

        (factory,) = await names()
        installed = await ask("InstallCertificate", certificateType=USE, certificate=roots.a_root())
        nonsense = await ask("InstallCertificate", certificateType=USE, certificate="PEM")
        both = await names()
        deleted = [await ask("DeleteCertificate", certificateHashData=name) for _ in range(2)]
        for number in range(KEPT_AT_MOST):
            full = await ask("InstallCertificate", certificateType=USE, certificate=roots.a_root(serial=100 + number))

    assert (installed["status"], nonsense["status"], both) == ("Accepted", "Rejected", [factory, "1f"])
    assert [answer["status"] for answer in deleted] == ["Accepted", "NotFound"]
    assert full["status"] == "Rejected"
    assert csms.invalid == []


@pytest.mark.parametrize("version", list(VERSIONS))
async def test_what_it_has_none_of_is_not_found(version):
    clock = HandClock()
    use = "CentralSystemRootCertificate" if version == "1.6" else ["CSMSRootCertificate"]
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        answer = await csms.ask(NAME, version, "GetInstalledCertificateIds", {"certificateType": use})

    assert answer[2] == {"status": "NotFound"}
