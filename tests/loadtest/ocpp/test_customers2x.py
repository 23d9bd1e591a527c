"""What a simulated station keeps of a customer: the token on its local list, and nothing else."""

import pytest

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

V2X = [version for version in VERSIONS if version != "1.6"]
TOKEN = {"idToken": "A", "type": "ISO14443"}
LISTED = {"versionNumber": 1, "updateType": "Full"} | {
    "localAuthorizationList": [{"idToken": TOKEN, "idTokenInfo": {"status": "Accepted"}}]
}


@pytest.mark.parametrize("version", V2X)
async def test_it_tells_what_it_keeps_or_that_it_keeps_nothing(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, "SendLocalList", LISTED)
        answers = []
        for report, clear, more in (
            *((True, False, {"idToken": TOKEN}), (True, False, {"customerIdentifier": "jane"})),
            *((False, True, {"idToken": TOKEN}), (True, False, {}), (False, False, {"idToken": TOKEN})),
        ):
            asked = {"requestId": len(answers), "report": report, "clear": clear} | more
            answers.append(await csms.ask(NAME, version, "CustomerInformation", asked))
        await csms.until(lambda: len(csms.payloads("NotifyCustomerInformation")) == 3)

    assert [answer[2]["status"] for answer in answers] == ["Accepted", "Accepted", "Accepted", "Invalid", "Rejected"]
    told = [part["data"] for part in csms.payloads("NotifyCustomerInformation")]
    assert told == ["local list: Accepted", "no data was found", "cleared"]
    assert csms.invalid == []
