"""Reservations of a simulated station: kept for their token, expired in time, given up when asked."""

import pytest

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

SOON, LATE = "2026-03-01T10:05:00Z", "2026-03-02T10:00:00Z"


def reserve(version: str, token: str = "VIP", *, number: int = 7, until: str = LATE) -> tuple[str, dict]:
    if version == "1.6":
        return "ReserveNow", {"connectorId": 1, "expiryDate": until, "idTag": token, "reservationId": number}
    id_token = {"idToken": token, "type": "ISO14443"}
    return "ReserveNow", {"id": number, "expiryDateTime": until, "idToken": id_token, "evseId": 1}


def remote_start(version: str, token: str) -> tuple[str, dict]:
    if version == "1.6":
        return "RemoteStartTransaction", {"idTag": token, "connectorId": 1}
    id_token = {"idToken": token, "type": "ISO14443"}
    return "RequestStartTransaction", {"idToken": id_token, "evseId": 1, "remoteStartId": 1}


def states(csms) -> list[str]:
    return [one.get("status") or one["connectorStatus"] for one in csms.payloads("StatusNotification")]


@pytest.mark.parametrize("version", VERSIONS)
async def test_its_token_may_charge_there_and_names_it_and_no_other_may(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        kept = await csms.ask(NAME, version, *reserve(version))
        await csms.until(lambda: states(csms)[-1] == "Reserved")
        taken = await csms.ask(NAME, version, *reserve(version, "LATER", number=8))
        other = await csms.ask(NAME, version, *remote_start(version, "OTHER"))
        own = await csms.ask(NAME, version, *remote_start(version, "VIP"))
        await csms.until(lambda: used(csms))

    assert [answer[2]["status"] for answer in (kept, taken, other, own)] == [
        *("Accepted", "Occupied", "Rejected", "Accepted"),
    ]
    assert used(csms) == [7]
    assert csms.invalid == []


def used(csms) -> list[int]:
    starts = [*csms.payloads("StartTransaction"), *csms.payloads("TransactionEvent")]
    return [start["reservationId"] for start in starts if "reservationId" in start]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_car_with_another_token_drives_on(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(600)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, *reserve(version))
        await csms.until(lambda: csms.actions(NAME).count("Heartbeat") > 5)

    assert not {"StartTransaction", "TransactionEvent"} & set(csms.actions(NAME))


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_expires_in_time_and_2x_says_so(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        csms.answers[version]["ReservationStatusUpdate"] = lambda _: {}
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, *reserve(version, until=SOON))
        await csms.until(lambda: states(csms)[-2:] == ["Reserved", "Available"])
        if version != "1.6":
            await csms.until(lambda: csms.payloads("ReservationStatusUpdate"))

    told = [(one["reservationId"], one["reservationUpdateStatus"]) for one in csms.payloads("ReservationStatusUpdate")]
    assert told == ([] if version == "1.6" else [(7, "Expired")])
    assert csms.invalid == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_is_given_up_when_asked_once(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, *reserve(version))
        first = await csms.ask(NAME, version, "CancelReservation", {"reservationId": 7})
        again = await csms.ask(NAME, version, "CancelReservation", {"reservationId": 7})

    assert [first[2]["status"], again[2]["status"]] == ["Accepted", "Rejected"]
