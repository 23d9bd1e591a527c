"""The DER controls of a simulated 2.1 station: set, superseded, reported in parts, cleared, with alarms and starts."""

import pytest

from loadtest.ocpp.der21 import PART
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at


def curve(priority=1, **more):
    return {"priority": priority, "yUnit": "PctMaxW", "curveData": [{"x": 50.2, "y": 100}]} | more


def control(number, kind="FreqWatt", *, default=True, **setting):
    return {"isDefault": default, "controlId": f"c{number}", "controlType": kind} | (setting or {"curve": curve()})


@pytest.fixture
async def ask():
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, "2.1", clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))

        async def answer(action, payload):
            return (await csms.ask(NAME, "2.1", action, payload))[2]

        answer.csms = csms
        yield answer
    assert csms.invalid == []


SETTINGS = {
    "EnterService": {
        "enterService": {"priority": 1, "highVoltage": 110, "lowVoltage": 90, "highFreq": 50.1, "lowFreq": 49.9}
    },
    "FixedPFAbsorb": {"fixedPFAbsorb": {"priority": 1, "displacement": 0.9, "excitation": True}},
    "FixedPFInject": {"fixedPFInject": {"priority": 1, "displacement": 0.9, "excitation": False}},
    "FixedVar": {"fixedVar": {"priority": 1, "setpoint": 30, "unit": "PctMaxVar"}},
    "FreqDroop": {
        "freqDroop": {
            "priority": 1,
            "overFreq": 50.2,
            "underFreq": 49.8,
            "overDroop": 4,
            "underDroop": 4,
            "responseTime": 5,
        }
    },
    "Gradients": {"gradient": {"priority": 1, "gradient": 0, "softGradient": 2}},
    "LimitMaxDischarge": {"limitMaxDischarge": {"priority": 1, "pctMaxDischargePower": 50}},
    "VoltVar": {"curve": curve()},
}


async def test_every_kind_of_control_is_kept_and_reported_in_parts(ask):
    nothing = await ask("GetDERControl", {"requestId": 1})
    for number, (kind, setting) in enumerate(SETTINGS.items()):
        assert await ask("SetDERControl", control(number, kind, **setting)) == {"status": "Accepted"}
    read = await ask("GetDERControl", {"requestId": 2})
    await ask.csms.until(lambda: len(ask.csms.payloads("ReportDERControl")) == len(SETTINGS) // PART)

    assert (nothing["status"], read["status"]) == ("NotFound", "Accepted")
    parts = ask.csms.payloads("ReportDERControl")
    assert [part["tbc"] for part in parts] == [True, False]
    told = {name for part in parts for name in part} - {"requestId", "tbc"}
    assert told == {next(iter(setting)) for setting in SETTINGS.values()}


async def test_the_lower_number_rules(ask):
    await ask("SetDERControl", control(1, curve=curve(5)))
    second = await ask("SetDERControl", control(2, curve=curve(3)))
    third = await ask("SetDERControl", control(3, curve=curve(9)))

    assert (second["supersededIds"], third["supersededIds"]) == (["c1"], ["c3"])


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (control(1, "WattPF"), "NotSupported"),
        (control(1, curve=curve(startTime="2026-03-01T10:00:00Z")), "Rejected"),
        (control(1, "Gradients", default=False, **SETTINGS["Gradients"]), "Rejected"),
        (control(1, "FixedVar"), "Rejected"),
        (control(1) | SETTINGS["FixedVar"], "Rejected"),
    ],
)
async def test_what_breaks_the_rules_is_refused_with_its_word(ask, wrong, word):
    assert (await ask("SetDERControl", wrong))["status"] == word


async def test_a_scheduled_control_that_runs_is_told_and_so_is_its_end(ask):
    await ask("SetDERControl", control(1, default=False))
    await ask.csms.until(lambda: len(ask.csms.payloads("NotifyDERAlarm")) == 1)
    cleared = [await ask("ClearDERControl", {"isDefault": False, "controlId": "c1"}) for _ in range(2)]
    everything = await ask("ClearDERControl", {"isDefault": True})
    await ask.csms.until(lambda: len(ask.csms.payloads("NotifyDERAlarm")) == 2)

    assert [one["status"] for one in (*cleared, everything)] == ["Accepted", "NotFound", "Accepted"]
    assert [turn["started"] for turn in ask.csms.payloads("NotifyDERStartStop")] == [True, False]
    assert [alarm.get("alarmEnded", False) for alarm in ask.csms.payloads("NotifyDERAlarm")] == [False, True]
