"""A station of a recording says what it said then, with the ids of now, and answers as it answered then."""

import asyncio

from loadtest.ocpp.websocket import Target
from loadtest.replay.player import Pace, Player
from loadtest.replay.recording import read_recordings
from tests.loadtest.csms import NOW, answers_16, running_csms
from tests.loadtest.replay.lines import line

FAST = Pace(speed=1000, linger_s=0.05, timeout_s=5)
START = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": NOW}
BOOT = line("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"},
            {"status": "Accepted", "currentTime": "2020-01-01T00:00:00Z", "interval": 300})  # fmt: skip


async def played(csms, *lines, pace=FAST):
    (recording,) = read_recordings(lines).stations
    target = Target(url=csms.url, station="AGAIN", subprotocol="")
    async with asyncio.timeout(20):
        return await Player(recording, target, pace).play()


async def test_a_conversation_is_repeated_with_the_transaction_that_the_csms_gives_now():
    stop = {"transactionId": 7, "meterStop": 10, "timestamp": NOW}
    async with running_csms() as csms:
        csms.answers["1.6"] = answers_16([4711])
        report = await played(
            csms,
            BOOT,
            line("StartTransaction", START, {"transactionId": 7, "idTagInfo": {"status": "Accepted"}}, at_s=1),
            line("StopTransaction", stop, {}, at_s=2),
        )

    assert report.same, list(report.lines())
    assert [(station, action) for station, action, _ in csms.calls] == [
        ("AGAIN", "BootNotification"), ("AGAIN", "StartTransaction"), ("AGAIN", "StopTransaction"),
    ]  # fmt: skip
    assert csms.calls[-1][2]["transactionId"] == 4711
    assert csms.invalid == []


async def test_what_the_csms_answers_otherwise_is_a_difference():
    async with running_csms() as csms:
        report = await played(csms, line("Authorize", {"idTag": "T"}, {"idTagInfo": {"status": "Blocked"}}), BOOT)

    assert [str(each) for one in report.different for each in one.differences] == [
        'idTagInfo.status: then "Blocked", now "Accepted"'
    ]


async def test_a_call_of_the_csms_is_answered_as_then_and_one_that_did_not_come_then_is_named():
    heard = line("GetConfiguration", {"key": ["A"]}, {"configurationKey": [], "unknownKey": ["A"]}, direction="out")
    async with running_csms() as csms:
        playing = asyncio.create_task(played(csms, BOOT, heard, pace=Pace(speed=1000, linger_s=1)))
        await csms.until(lambda: "AGAIN" in csms.links and bool(csms.calls))
        answer = await csms.ask("AGAIN", "1.6", "GetConfiguration", {"key": ["B"]})
        other = await csms.ask("AGAIN", "1.6", "Reset", {"type": "Soft"})
        report = await playing

    assert answer[2] == {"configurationKey": [], "unknownKey": ["A"]}
    assert other[:3:2] == [4, "NotImplemented"]
    assert [each.direction for each in report.different] == ["out"]
    assert report.unexpected == ("CP1: Reset",)


async def test_a_call_that_nobody_makes_again_is_awaited_and_a_pause_is_no_longer_than_allowed():
    async with running_csms() as csms:
        report = await played(
            csms,
            BOOT,
            line("Reset", {"type": "Soft"}, {"status": "Accepted"}, direction="out"),
            line("Heartbeat", {}, {"currentTime": NOW}, at_s=59),
            pace=Pace(speed=1, longest_pause_s=0.05, linger_s=0),
        )

    assert report.awaited == ("CP1: Reset",)
    assert report.same


async def test_each_connection_is_made_again_and_one_that_cannot_be_made_is_named():
    async with running_csms() as csms:
        report = await played(csms, BOOT, line("Heartbeat", {}, {"currentTime": NOW}, epoch=2, at_s=1))
        assert csms.opened == ["AGAIN", "AGAIN"]
    assert report.same

    report = await played(csms, BOOT)
    assert report.unsent[0].startswith("CP1: BootNotification: no connection")
