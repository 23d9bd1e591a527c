"""Firmware updates of simulated stations: statuses in order, a reboot with the new version, failures, silence."""

from random import Random
from typing import Any

import pytest

from loadtest.ocpp.messages import Identity
from loadtest.ocpp.versions import VERSIONS
from loadtest.station.curve import AC_3
from loadtest.station.firmware import FirmwareHabits, version_at
from loadtest.station.station import Station, StationPlan
from tests.loadtest.csms import Csms, running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars

URL = "https://example.com/wallbox-2.5.0.bin"
DONE = ["Downloading", "Downloaded", "Installing", "Installed"]
STATUSES = ("FirmwareStatusNotification", "SignedFirmwareStatusNotification")


def station_at(csms: Csms, version: str, clock: HandClock, **habits: float) -> Station:
    plan = StationPlan(
        name=NAME,
        identity=Identity(vendor="Elbtal", model="Wallbox 22", serial_number="EL1", firmware="2.4.1"),
        outlets=(AC_3,),
        start_ws=(0,),
        firmware=FirmwareHabits(**habits),
    )
    for answers in csms.answers.values():
        answers.update(dict.fromkeys(STATUSES, lambda _: {}))
    station = Station(plan, VERSIONS[version], urls=(csms.url,), clock=clock, random=Random(7))
    clock.busy = lambda: station.line.busy
    return station


async def ask(csms: Csms, version: str, *, signed: bool = False) -> Any:
    at = "2026-03-01T10:00:00Z"
    firmware = {"location": URL, "retrieveDateTime": at}
    if signed:
        firmware |= {"signingCertificate": "PEM", "signature": "c2ln"}
    if version == "1.6" and not signed:
        return await csms.ask(NAME, version, "UpdateFirmware", {"location": URL, "retrieveDate": at})
    action = "SignedUpdateFirmware" if version == "1.6" else "UpdateFirmware"
    return await csms.ask(NAME, version, action, {"requestId": 7, "firmware": firmware})


def told(csms: Csms) -> list[str]:
    return [payload["status"] for _, action, payload in csms.calls if action in STATUSES]


def versions(csms: Csms) -> list[str]:
    boots = csms.payloads("BootNotification")
    return [boot.get("firmwareVersion") or boot["chargingStation"]["firmwareVersion"] for boot in boots]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_station_tells_its_progress_and_boots_with_the_new_version(version: str, signed: bool) -> None:
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await ask(csms, version, signed=signed)
        await csms.until(lambda: len(versions(csms)) == 2)

    assert csms.invalid == []
    assert (told(csms), versions(csms)) == (DONE, ["2.4.1", "2.5.0"])
    numbers = {p.get("requestId") for _, action, p in csms.calls if action in STATUSES}
    assert numbers == ({None} if version == "1.6" and not signed else {7})


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_update_under_way_gives_way_to_another(version: str) -> None:
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, version, clock, seconds=60).run([Cars(NEVER)]), clock.run()),
    ):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        answers = [await ask(csms, version, signed=True) for _ in range(2)]
        await csms.until(lambda: len(versions(csms)) == 2)

    assert [answer[2]["status"] for answer in answers] == ["Accepted", "AcceptedCanceled"]
    assert told(csms)[-4:] == DONE
    assert told(csms).count("Installed") == 1


async def test_a_station_that_fails_keeps_its_version() -> None:
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "2.0.1", clock, failures=1.0).run([Cars(NEVER)]), clock.run()),
    ):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await ask(csms, "2.0.1")
        await csms.until(lambda: told(csms)[-1:] == ["InstallationFailed"])

    assert versions(csms) == ["2.4.1"]


async def test_a_silent_station_accepts_and_says_no_more() -> None:
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "2.1", clock, silent=1.0).run([Cars(NEVER)]), clock.run()),
    ):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await ask(csms, "2.1")
        await csms.until(lambda: csms.actions(NAME).count("Heartbeat") >= 3)

    assert told(csms) == []


def test_the_version_is_read_from_the_location() -> None:
    assert version_at(URL) == "2.5.0"
    assert version_at("https://10.0.0.1/firmware") == "10.0.0.1"
    assert version_at("https://example.com/latest") is None
