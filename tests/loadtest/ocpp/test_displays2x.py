"""The display of a simulated station: messages kept, told in parts, cleared, refused."""

import pytest

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

V2X = [version for version in VERSIONS if version != "1.6"]


def message(number: int, **more: object) -> tuple[str, dict]:
    shown = {"id": number, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Hello"}}
    return "SetDisplayMessage", {"message": shown | more}


@pytest.mark.parametrize("version", V2X)
async def test_messages_are_kept_told_in_parts_and_cleared(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        nothing = await csms.ask(NAME, version, "GetDisplayMessages", {"requestId": 1})
        for number in range(5):
            await csms.ask(NAME, version, *message(number))
        read = await csms.ask(NAME, version, "GetDisplayMessages", {"requestId": 2})
        await csms.until(lambda: len(csms.payloads("NotifyDisplayMessages")) == 2)
        cleared = await csms.ask(NAME, version, "ClearDisplayMessage", {"id": 3})
        again = await csms.ask(NAME, version, "ClearDisplayMessage", {"id": 3})

    assert [answer[2]["status"] for answer in (nothing, read, cleared, again)] == [
        *("Unknown", "Accepted", "Accepted", "Unknown"),
    ]
    parts = csms.payloads("NotifyDisplayMessages")
    assert [(len(part["messageInfo"]), part["tbc"]) for part in parts] == [(4, True), (1, False)]
    assert csms.invalid == []


@pytest.mark.parametrize("version", V2X)
async def test_what_the_display_cannot_show_is_refused_with_its_word(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        html = {"format": "HTML", "content": "<b>"}
        answers = [
            await csms.ask(NAME, version, *message(1, message=html)),
            await csms.ask(NAME, version, *message(2, transactionId="nobody")),
            await csms.ask(NAME, version, *message(3, endDateTime="2026-01-01T00:00:00Z")),
            await csms.ask(NAME, version, "GetDisplayMessages", {"requestId": 1}),
        ]

    assert [answer[2]["status"] for answer in answers] == [
        *("NotSupportedMessageFormat", "UnknownTransaction", "Accepted", "Unknown"),
    ]
