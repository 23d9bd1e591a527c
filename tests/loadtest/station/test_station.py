"""Whole conversations of simulated stations with a scripted CSMS; every frame is checked by the `ocpp` package."""

import asyncio

import pytest

from loadtest.ocpp.intents import Refusal, View, reply
from loadtest.ocpp.versions import VERSIONS
from loadtest.station.station import Station
from tests.loadtest.csms import Csms, Silence, running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import HUGE_WH, NAME, NEVER, Cars, station_at

TWO_X = ("2.0.1", "2.1")

ENERGY_WH = 161
"""40 % of 400 Wh, up to the end of the second that reached it."""


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_car_charges_and_leaves_with_its_exact_energy(version):
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, version, clock)
        async with moving(station.run([Cars()]), clock.run()):
            await csms.until(lambda: csms.actions(NAME)[-2:] and ended(csms) and available_at_the_end(csms))

    assert csms.invalid == []
    assert csms.actions(NAME)[0] == "BootNotification"
    assert ended(csms)[1] - started(csms)[1] == ENERGY_WH
    assert ended(csms)[0] == started(csms)[0]


def started(csms: Csms) -> tuple[str, int]:
    """The transaction and its register at the start."""
    for payload in csms.payloads("StartTransaction"):
        return "1", payload["meterStart"]
    event = next(e for e in csms.payloads("TransactionEvent") if e["eventType"] == "Started")
    return event["transactionInfo"]["transactionId"], event["meterValue"][0]["sampledValue"][0]["value"]


def ended(csms: Csms) -> "tuple[str, int] | None":
    for payload in csms.payloads("StopTransaction"):
        return str(payload["transactionId"]), payload["meterStop"]
    for event in csms.payloads("TransactionEvent"):
        if event["eventType"] == "Ended":
            return event["transactionInfo"]["transactionId"], event["meterValue"][0]["sampledValue"][0]["value"]
    return None


def available_at_the_end(csms: Csms) -> bool:
    last = csms.payloads("StatusNotification")[-1]
    return last.get("status", last.get("connectorStatus")) == "Available"


async def test_1_6_statuses_come_in_the_order_of_a_real_session():
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, "1.6", clock).run([Cars()]), clock.run()):
        await csms.until(lambda: ended(csms) is not None and available_at_the_end(csms))

    states = [payload["status"] for payload in csms.payloads("StatusNotification")]
    assert states == ["Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Available"]


@pytest.mark.parametrize("version", TWO_X)
async def test_2x_events_are_numbered_without_gaps_in_order(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars()]), clock.run()):
        await csms.until(lambda: ended(csms) is not None)

    events = csms.payloads("TransactionEvent")
    assert [event["seqNo"] for event in events] == list(range(len(events)))
    assert [events[0]["eventType"], events[-1]["eventType"]] == ["Started", "Ended"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_pending_station_boots_again_and_says_nothing_else_meanwhile(version):
    clock = HandClock()
    async with running_csms() as csms:
        accepted = csms.answers[version]["BootNotification"]
        verdicts = iter(["Pending", "Rejected"])
        csms.answers[version]["BootNotification"] = lambda call: (
            accepted(call)
            | {
                "status": next(verdicts, "Accepted"),
                "interval": 5,
            }
        )
        async with moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))

    assert csms.actions(NAME)[:3] == ["BootNotification"] * 3


@pytest.mark.parametrize("version", VERSIONS)
async def test_facts_wait_while_the_csms_is_away_and_then_come_in_order(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars()]), clock.run()):
        await csms.until(lambda: csms.payloads("StartTransaction") + csms.payloads("TransactionEvent") != [])
        await csms.links[NAME].close(1012)
        await csms.until(lambda: ended(csms) is not None)

    assert csms.actions(NAME).count("BootNotification") == 2
    assert csms.invalid == []
    assert ended(csms)[1] - started(csms)[1] == ENERGY_WH
    numbers = [event["seqNo"] for event in csms.payloads("TransactionEvent")]
    assert sorted(set(numbers)) == list(range(len(set(numbers))))


async def test_a_fact_that_is_refused_is_sent_again():
    clock = HandClock()
    refusals = iter([("InternalError", "not now")])
    async with running_csms() as csms:
        start = csms.answers["1.6"]["StartTransaction"]
        csms.answers["1.6"]["StartTransaction"] = lambda call: next(refusals, None) or start(call)
        async with moving(station_at(csms, "1.6", clock).run([Cars()]), clock.run()):
            await csms.until(lambda: ended(csms) is not None)

    first, second = csms.payloads("StartTransaction")
    assert first == second


async def test_a_car_that_came_before_the_connection_is_told_as_kept_offline():
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "2.0.1", clock).run([Cars(backdate_s=100)]), clock.run()),
    ):
        await csms.until(lambda: ended(csms) is not None)

    assert csms.payloads("TransactionEvent")[0]["offline"] is True
    assert csms.payloads("Authorize") == []
    assert csms.invalid == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_refused_token_ends_the_visit_without_energy(version):
    clock = HandClock()
    async with running_csms() as csms:
        info = "idTagInfo" if version == "1.6" else "idTokenInfo"
        csms.answers[version]["Authorize"] = lambda _: {info: {"status": "Invalid"}}
        async with moving(station_at(csms, version, clock).run([Cars()]), clock.run()):
            await csms.until(lambda: len(csms.payloads("StatusNotification")) >= 3 and available_at_the_end(csms))

    assert csms.invalid == []
    assert csms.payloads("StartTransaction") == []
    assert ended(csms) is None or ended(csms)[1] == started(csms)[1]


REMOTE_START = {
    "1.6": ("RemoteStartTransaction", {"idTag": "REMOTE1", "connectorId": 1}),
    "2.0.1": (
        "RequestStartTransaction",
        {"idToken": {"idToken": "REMOTE1", "type": "Central"}, "remoteStartId": 17, "evseId": 1},
    ),
}
REMOTE_START["2.1"] = REMOTE_START["2.0.1"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_remote_start_brings_a_car_and_a_remote_stop_ends_it(version):
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, version, clock)
        async with moving(station.run([Cars(NEVER, battery_wh=HUGE_WH)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            action, payload = REMOTE_START[version]
            accepted = await csms.ask(NAME, version, action, payload)
            again = await csms.ask(NAME, version, action, payload)
            await csms.until(lambda: csms.payloads("StartTransaction") + csms.payloads("TransactionEvent") != [])
            await csms.until(lambda: charging(station))
            running = station.bays[0].transaction.transaction_id
            stop = ("RequestStopTransaction", {"transactionId": running})
            if version == "1.6":
                stop = ("RemoteStopTransaction", {"transactionId": int(running)})
            stopped = await csms.ask(NAME, version, *stop)
            await csms.until(lambda: ended(csms) is not None)

    assert csms.invalid == []
    assert [accepted[2]["status"], again[2]["status"], stopped[2]["status"]] == ["Accepted", "Rejected", "Accepted"]


COMMANDS_16 = [
    ("UnlockConnector", {"connectorId": 1}, "Unlocked"),
    ("UnlockConnector", {"connectorId": 9}, "NotSupported"),
    ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, "Accepted"),
    ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}, "Accepted"),
    ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}, "NotImplemented"),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "33"}, "Accepted"),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "often"}, "Rejected"),
    ("ChangeConfiguration", {"key": "NoSuchKey", "value": "1"}, "NotSupported"),
    ("DataTransfer", {"vendorId": "Elbtal", "data": "hello"}, "Accepted"),
    ("DataTransfer", {"vendorId": "other"}, "UnknownVendorId"),
    ("RemoteStopTransaction", {"transactionId": 99}, "Rejected"),
    ("Reset", {"type": "Soft"}, "Accepted"),
]
COMMANDS_2X = [
    ("UnlockConnector", {"evseId": 1, "connectorId": 1}, "Unlocked"),
    ("UnlockConnector", {"evseId": 9, "connectorId": 1}, "UnknownConnector"),
    ("ChangeAvailability", {"operationalStatus": "Inoperative"}, "Accepted"),
    ("TriggerMessage", {"requestedMessage": "MeterValues", "evse": {"id": 1}}, "Accepted"),
    ("TriggerMessage", {"requestedMessage": "LogStatusNotification"}, "NotImplemented"),
    ("DataTransfer", {"vendorId": "Elbtal", "data": {"any": ["json"]}}, "Accepted"),
    ("DataTransfer", {"vendorId": "other"}, "UnknownVendorId"),
    ("RequestStopTransaction", {"transactionId": "none"}, "Rejected"),
    ("Reset", {"type": "OnIdle"}, "Accepted"),
    ("Reset", {"type": "Immediate", "evseId": 1}, "Rejected"),
]


@pytest.mark.parametrize(
    ("version", "action", "payload", "status"),
    [("1.6", *row) for row in COMMANDS_16] + [(version, *row) for version in TWO_X for row in COMMANDS_2X],
)
async def test_commands_are_answered_as_their_version_spells_it(version, action, payload, status):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        answer = await csms.ask(NAME, version, action, payload)

    assert csms.invalid == []
    assert answer[2]["status"] == status


@pytest.mark.parametrize("version", TWO_X)
async def test_a_running_cost_is_taken_without_a_word(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        answer = await csms.ask(NAME, version, "CostUpdated", {"totalCost": 2.38, "transactionId": "tx-1"})

    assert csms.invalid == []
    assert (answer[0], answer[2]) == (3, {})


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_reset_station_reboots_and_comes_back(version):
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, version, clock).run([Cars(battery_wh=HUGE_WH)]), clock.run()),
    ):
        await csms.until(lambda: "Authorize" in csms.actions(NAME))
        kind = "Hard" if version == "1.6" else "Immediate"
        await csms.ask(NAME, version, "Reset", {"type": kind})
        await csms.until(lambda: csms.actions(NAME).count("BootNotification") == 2)

    assert csms.invalid == []
    assert ended(csms) is not None
    if version != "1.6":
        assert [boot["reason"] for boot in csms.payloads("BootNotification")] == ["PowerUp", "RemoteReset"]


async def test_1_6_configuration_is_read_and_changed():
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, "1.6", clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, "1.6", "ChangeConfiguration", {"key": "heartbeatinterval", "value": "33"})
        some = await csms.ask(NAME, "1.6", "GetConfiguration", {"key": ["HeartbeatInterval", "Colour"]})
        everything = await csms.ask(NAME, "1.6", "GetConfiguration", {})

    assert csms.invalid == []
    assert some[2]["configurationKey"] == [{"key": "HeartbeatInterval", "readonly": False, "value": "33"}]
    assert some[2]["unknownKey"] == ["Colour"]
    assert len(everything[2]["configurationKey"]) > 3


@pytest.mark.parametrize("version", TWO_X)
async def test_2x_variables_are_read_and_set_each_with_its_status(version):
    def asked(component: str, variable: str, **more: str) -> dict[str, object]:
        return {"component": {"name": component}, "variable": {"name": variable}, **more}

    interval = ("OCPPCommCtrlr", "HeartbeatInterval")
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        data = [asked(*interval, attributeValue="33"), asked("ChargingStation", "Profiles", attributeValue="all")]
        written = await csms.ask(NAME, version, "SetVariables", {"setVariableData": data})
        names = [asked(*interval), asked("OCPPCommCtrlr", "Colour"), asked("Moon", "Phase")]
        read = await csms.ask(NAME, version, "GetVariables", {"getVariableData": names})

    assert csms.invalid == []
    assert [r["attributeStatus"] for r in written[2]["setVariableResult"]] == ["Accepted", "Rejected"]
    results = read[2]["getVariableResult"]
    assert [r["attributeStatus"] for r in results] == ["Accepted", "UnknownVariable", "UnknownComponent"]
    assert results[0]["attributeValue"] == "33"


@pytest.mark.parametrize("version", TWO_X)
async def test_2x_reports_everything_what_can_be_set_and_what_is_named_in_parts_with_numbers(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))

        async def report(action: str, **asked: object) -> list[dict[str, object]]:
            before = len(csms.payloads("NotifyReport"))
            answer = await csms.ask(NAME, version, action, asked)
            assert answer[2]["status"] == "Accepted"
            await csms.until(lambda: any(not part["tbc"] for part in csms.payloads("NotifyReport")[before:]))
            parts = csms.payloads("NotifyReport")[before:]
            assert [part["seqNo"] for part in parts] == list(range(len(parts)))
            return [entry for part in parts for entry in part["reportData"]]

        full = await report("GetBaseReport", requestId=1, reportBase="FullInventory")
        settable = await report("GetBaseReport", requestId=2, reportBase="ConfigurationInventory")
        named = [{"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}}]
        some = await report("GetReport", requestId=3, componentVariable=named)
        nothing = [{"component": {"name": "Moon"}}]
        empty = await csms.ask(NAME, version, "GetReport", {"requestId": 4, "componentVariable": nothing})

    assert csms.invalid == []
    assert len(full) > len(settable) > 3
    assert [entry["component"]["name"] for entry in some] == ["EVSE"]
    assert empty[2]["status"] == "EmptyResultSet"
    assert not [entry for entry in settable if entry["variableAttribute"][0]["mutability"] == "ReadOnly"]


@pytest.mark.parametrize("version", TWO_X)
async def test_2x_takes_no_more_in_a_message_than_it_reports_and_no_profile_of_less_security(version):
    profile = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://x",
        "messageTimeout": 30,
        "ocppInterface": "Wired0",
    }
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        one = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
        read = await csms.ask(NAME, version, "GetVariables", {"getVariableData": [one] * 11})
        words = []
        for slot, level in ((1, 1), (1, 0), (9, 1)):
            asked = {"configurationSlot": slot, "connectionData": profile | {"securityProfile": level}}
            words.append((await csms.ask(NAME, version, "SetNetworkProfile", asked))[2]["status"])

    assert read[:1] + read[2:3] == [4, "OccurrenceConstraintViolation"]
    assert words == ["Accepted", "Rejected", "Rejected"]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_action_that_no_station_has_is_answered_not_implemented(version):
    answer = reply(VERSIONS[version], View(vendor="", bays=(), settings={}), "Dance", b"{}")

    assert isinstance(answer, Refusal)
    assert answer.code == "NotImplemented"


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])  # of 1.6 everything is simulated
async def test_what_is_not_simulated_is_answered_not_implemented(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        answer = await csms.ask(NAME, version, "UnpublishFirmware", {"checksum": "aa"})

    assert answer[0] == 4
    assert answer[2] == "NotImplemented"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_taken_out_station_serves_no_car_until_it_is_back(version):
    clock = HandClock()
    out, back = (
        ({"connectorId": 1, "type": "Inoperative"}, {"connectorId": 1, "type": "Operative"})
        if version == "1.6"
        else ({"operationalStatus": "Inoperative"}, {"operationalStatus": "Operative"})
    )
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, "ChangeAvailability", out)
        await csms.until(lambda: "Unavailable" in str(csms.payloads("StatusNotification")))
        await csms.ask(NAME, version, "ChangeAvailability", back)
        await csms.until(lambda: available_at_the_end(csms))

    assert csms.invalid == []


async def test_the_password_goes_with_the_handshake():
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "1.6", clock, password="s3cret").run([Cars(NEVER)]), clock.run()),
    ):
        await csms.until(lambda: "BootNotification" in csms.actions(NAME))

    assert csms.headers[NAME]["Authorization"] == "Basic REUtQkVSLTAwMDE6czNjcmV0"


async def test_one_call_at_a_time_leaves_the_station_while_it_answers_ours():
    clock = HandClock()
    async with running_csms() as csms:

        def say_nothing(_):
            raise Silence

        csms.answers["1.6"]["StatusNotification"] = say_nothing
        async with moving(station_at(csms, "1.6", clock, evses=2).run([Cars(NEVER), Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            answer = await csms.ask(NAME, "1.6", "TriggerMessage", {"requestedMessage": "Heartbeat"})
            await asyncio.sleep(0.05)

    assert answer[2]["status"] == "Accepted"
    assert csms.actions(NAME) == [
        *("BootNotification", "SecurityEventNotification", "DataTransfer", "StatusNotification")
    ]


def charging(station: Station) -> bool:
    """Energy flows in a transaction that both sides can name."""
    transaction = station.bays[0].transaction
    return station.bays[0].state == "Charging" and transaction is not None and transaction.transaction_id is not None
