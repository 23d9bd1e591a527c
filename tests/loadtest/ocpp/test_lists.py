"""The local list of a simulated station: kept, changed by newer ones, with its version."""

import pytest

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at


def a_list(version: str, number: int, update: str, *tokens: str) -> tuple[str, dict]:
    if version == "1.6":
        entries = [{"idTag": token, "idTagInfo": {"status": "Accepted"}} for token in tokens]
        members = {"listVersion": number}
    else:
        entries = [
            {"idToken": {"idToken": token, "type": "ISO14443"}, "idTokenInfo": {"status": "Accepted"}}
            for token in tokens
        ]
        members = {"versionNumber": number}
    return "SendLocalList", members | {"updateType": update} | ({"localAuthorizationList": entries} if entries else {})


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_list_is_kept_changed_only_by_newer_ones_and_has_its_version(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        answers = [
            await csms.ask(NAME, version, *a_list(version, 5, "Full", "A", "B")),
            await csms.ask(NAME, version, *a_list(version, 5, "Differential", "C")),
            await csms.ask(NAME, version, *a_list(version, 6, "Differential", "C")),
            await csms.ask(NAME, version, *a_list(version, 7, "Full", *(f"T{n}" for n in range(201)))),
        ]
        told = await csms.ask(NAME, version, "GetLocalListVersion", {})

    assert [answer[2]["status"] for answer in answers] == ["Accepted", "VersionMismatch", "Accepted", "Failed"]
    assert list(told[2].values()) == [6]
