"""Holes: ways in that were found by attack, each tried on a running gateway. Nobody decides here but the test."""

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from schemas.authorization import AuthorizationRequested
from schemas.credentials import hash_password
from schemas.stations import AdmissionChanged, BootDecided, RegistrationStatus, StationProvisioned, StationRemoved
from schemas.transactions import TransactionReported
from tests.gateway.running import Running, hears, says

pytestmark = pytest.mark.embedded

_numbers = itertools.count()
START_16 = {"connectorId": 1, "idTag": "04A2", "meterStart": 0, "timestamp": "2026-03-29T00:59:59Z"}
STARTED = {
    "eventType": "Started",
    "timestamp": "2026-03-29T00:59:59Z",
    "triggerReason": "Authorized",
    "seqNo": 0,
    "transactionInfo": {"transactionId": "t1"},
    "evse": {"id": 1, "connectorId": 1},
    "idToken": {"idToken": "04A2", "type": "ISO14443"},
}
ASKS = {
    "ocpp1.6": {"idTag": "04A2"},
    "ocpp2.0.1": {"idToken": {"idToken": "04A2", "type": "ISO14443"}},
    "ocpp2.1": {"idToken": {"idToken": "04A2", "type": "ISO14443"}},
}
VERSIONS = tuple(ASKS)


@pytest.fixture
def name() -> str:
    """A station that no other test knows."""
    return f"HOLE-{next(_numbers)}"


async def _started(bootstrap: str, **settings: Any) -> Running:
    running = Running(bootstrap, f"gw-holes-{next(_numbers)}")
    await running.start(**settings)
    return running


@pytest.fixture
async def parking(embedded_bootstrap: str) -> AsyncIterator[Running]:
    """A gateway that lets unknown stations in and has them wait."""
    running = await _started(embedded_bootstrap, stations_unknown="park")
    yield running
    await running.finish()


@pytest.fixture
async def accepting(embedded_bootstrap: str) -> AsyncIterator[Running]:
    """A gateway that serves unknown stations."""
    running = await _started(embedded_bootstrap)
    yield running
    await running.finish()


async def provision(gateway: Running, station: str, **changes: Any) -> None:
    await gateway.tells(
        StationProvisioned(station=station, provisioned_at=dt.datetime.now(dt.UTC), **changes),
    )


async def asks(socket: ClientConnection, subprotocol: str) -> Any:
    """What the station is told that asks about a token."""
    await says(socket, 2, "ask", "Authorize", ASKS[subprotocol])
    return await hears(socket)


def told_nothing(answer: Any) -> bool:
    """Whether the answer to an Authorize was given without a decision on the token."""
    return bool(answer[:3] == [4, "ask", "SecurityError"] or answer[2] == {"idTagInfo": {"status": "Invalid"}})


def asked_about_tokens(gateway: Running, station: str) -> list[Any]:
    """What would have made a service decide on a token, or take it up."""
    return [
        record
        for record in gateway.records
        if isinstance(record, AuthorizationRequested | TransactionReported)
        and record.station == station
        and (isinstance(record, AuthorizationRequested) or record.token)
    ]


async def closed(socket: ClientConnection) -> tuple[int | None, str | None]:
    """How the gateway closes the connection."""
    await asyncio.wait_for(socket.wait_closed(), 10)
    return socket.close_code, socket.close_reason


# -- registration belongs to the station ------------------------------------------------------------------------------


@pytest.mark.parametrize("subprotocol", VERSIONS)
async def test_a_parked_device_that_does_not_boot_learns_nothing_of_tokens_however_often_it_comes(
    parking: Running, name: str, subprotocol: str
) -> None:
    for _ in range(3):
        async with parking.station(name, subprotocol) as socket:
            assert told_nothing(await asks(socket, subprotocol))

    await parking.finds("StationDisconnected", station=name)
    assert asked_about_tokens(parking, name) == []


async def test_a_parked_device_that_starts_charging_locks_no_driver_out(parking: Running, name: str) -> None:
    async with parking.station(name, "ocpp1.6") as socket:
        await says(socket, 2, "start", "StartTransaction", START_16)
        answer = await hears(socket)

    assert answer[2]["idTagInfo"] == {"status": "Invalid"}
    assert (await parking.finds("FactReported", station=name)).action == "StartTransaction"
    assert asked_about_tokens(parking, name) == []


@pytest.mark.parametrize("subprotocol", ["ocpp2.0.1", "ocpp2.1"])
async def test_a_parked_device_that_reports_a_transaction_is_refused_and_what_it_said_is_kept(
    parking: Running, name: str, subprotocol: str
) -> None:
    async with parking.station(name, subprotocol) as socket:
        await says(socket, 2, "start", "TransactionEvent", STARTED)
        answer = await hears(socket)

    assert answer[:3] == [4, "start", "SecurityError"]
    assert (await parking.finds("FactReported", station=name)).action == "TransactionEvent"
    assert asked_about_tokens(parking, name) == []


@pytest.mark.parametrize("registration", ["Pending", "Rejected"])
@pytest.mark.parametrize("subprotocol", VERSIONS)
async def test_a_station_told_to_wait_is_told_nothing_of_tokens_in_any_version(
    accepting: Running, name: str, subprotocol: str, registration: RegistrationStatus
) -> None:
    boots = {
        "ocpp1.6": {"chargePointVendor": "V", "chargePointModel": "M"},
    }.get(subprotocol, {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}})
    async with accepting.station(name, subprotocol) as socket:
        await says(socket, 2, "boot", "BootNotification", boots)
        booted = await accepting.finds("StationBooted", station=name)
        await accepting.tells(
            BootDecided(id="d", station=name, reply_to=booted.reply_to, status=registration, interval_s=60)
        )
        assert (await hears(socket))[2]["status"] == registration
        assert told_nothing(await asks(socket, subprotocol))


@pytest.mark.parametrize("subprotocol", VERSIONS)
async def test_a_rejected_station_that_comes_back_without_a_boot_is_served_nothing(
    accepting: Running, name: str, subprotocol: str
) -> None:
    async with accepting.station(name, subprotocol) as socket:
        await provision(accepting, name, registration="Rejected")
        await closed(socket)

    async with accepting.station(name, subprotocol) as socket:
        assert told_nothing(await asks(socket, subprotocol))
    assert asked_about_tokens(accepting, name) == []


async def test_a_station_that_was_told_to_wait_elsewhere_waits_here_too(accepting: Running, name: str) -> None:
    async with accepting.station(name, "ocpp2.0.1") as socket:
        await accepting.tells(
            AdmissionChanged(id="a", station=name, registration="Pending", changed_at=dt.datetime.now(dt.UTC))
        )
        await until_refused(socket, "ocpp2.0.1")

    async with accepting.station(name, "ocpp2.0.1") as socket:
        assert told_nothing(await asks(socket, "ocpp2.0.1"))


async def until_refused(socket: ClientConnection, subprotocol: str) -> None:
    """Heartbeats until one is refused: the gateway has heard what was said of the station."""
    async with asyncio.timeout(5):
        while True:
            await says(socket, 2, "beat", "Heartbeat", {})
            if (await hears(socket))[:3] == [4, "beat", "SecurityError"]:
                return


async def test_a_station_that_the_operator_accepts_needs_no_boot_after_it_reconnects(
    parking: Running, name: str
) -> None:
    async with parking.station(name) as socket:
        await says(socket, 2, "beat", "Heartbeat", {})
        assert (await hears(socket))[2] == "SecurityError"
        await provision(parking, name)
        async with asyncio.timeout(5):
            while (await beats(socket))[0] != 3:
                pass

    async with parking.station(name) as socket:
        assert (await beats(socket))[0] == 3


async def beats(socket: ClientConnection) -> Any:
    await says(socket, 2, "beat", "Heartbeat", {})
    return await hears(socket)


# -- one station, one connection --------------------------------------------------------------------------------------


async def test_a_station_in_another_spelling_is_the_same_station(accepting: Running, name: str) -> None:
    async with accepting.station(name) as first:
        assert (await beats(first))[0] == 3
        async with accepting.station(name.lower()) as second:
            assert (await closed(first))[0] == 1001
            assert (await beats(second))[0] == 3

    await accepting.finds("StationConnected", station=name)
    assert not [record for record in accepting.records if getattr(record, "station", "") == name.lower()]


async def test_a_station_that_is_provisioned_in_another_spelling_comes_back_by_that(
    accepting: Running, name: str
) -> None:
    async with accepting.station(name.lower()) as socket:
        await provision(accepting, name)
        assert await closed(socket) == (1008, f"the station is called {name} here")

    async with accepting.station(name.lower()) as socket:
        assert (await beats(socket))[0] == 3
    await accepting.finds("StationConnected", station=name)


# -- revoking acts at once --------------------------------------------------------------------------------------------


async def test_a_rejected_station_loses_its_connection_and_is_told_why(accepting: Running, name: str) -> None:
    async with accepting.station(name) as socket:
        await provision(accepting, name, registration="Rejected")
        code, reason = await closed(socket)

    assert (code, reason) == (1008, "the registration of the station was rejected")
    gone = await accepting.finds("StationDisconnected", station=name)
    assert (gone.code, gone.reason) == (1008, reason)


async def test_a_changed_password_ends_the_connection_that_came_by_the_old_one(accepting: Running, name: str) -> None:
    async with accepting.station(name) as socket:
        await provision(accepting, name, password_hash=hash_password("a-new-password-16", b"s"))
        assert (await closed(socket))[0] == 1008


async def test_a_removed_station_loses_its_connection(accepting: Running, name: str) -> None:
    async with accepting.station(name) as first:
        await provision(accepting, name, registration="Rejected")
        await closed(first)
    async with accepting.station(name) as socket:
        await accepting.tells(StationRemoved(station=name, removed_at=dt.datetime.now(dt.UTC)))
        code, reason = await closed(socket)

    assert (code, reason) == (1008, "the station was removed")


async def test_a_site_that_changes_lets_the_connection_stand(accepting: Running, name: str) -> None:
    async with accepting.station(name) as socket:
        await provision(accepting, name, site="berlin-1")
        await provision(accepting, name, registration="Pending")
        await until_refused(socket, "ocpp2.0.1")


async def test_every_gateway_hears_of_it(embedded_bootstrap: str, accepting: Running, name: str) -> None:
    other = await _started(embedded_bootstrap)
    try:
        async with other.station(name) as socket:
            await provision(accepting, name, registration="Rejected")
            assert (await closed(socket))[0] == 1008
    finally:
        await other.finish()


# -- quotas -----------------------------------------------------------------------------------------------------------


async def test_two_devices_of_one_identity_push_each_other_out_no_longer_every_second(
    embedded_bootstrap: str, name: str
) -> None:
    gateway = await _started(embedded_bootstrap, replacements=2, replacement_s=60.0)
    try:
        async with gateway.station(name), gateway.station(name), gateway.station(name) as newest:
            with pytest.raises(InvalidStatus) as refusal:
                await gateway.station(name)
            assert refusal.value.response.status_code == 503
            assert int(refusal.value.response.headers["Retry-After"]) > 0
            assert (await beats(newest))[0] == 3
    finally:
        await gateway.finish()


async def test_a_flood_of_identities_does_not_fill_a_deployment_that_parks_them(
    embedded_bootstrap: str, name: str
) -> None:
    gateway = await _started(embedded_bootstrap, stations_unknown="park", parked_stations_per_minute=2)
    try:
        async with gateway.station(f"{name}-1"), gateway.station(f"{name}-2"):
            with pytest.raises(InvalidStatus) as refusal:
                await gateway.station(f"{name}-3")
        assert refusal.value.response.status_code == 503
    finally:
        await gateway.finish()
