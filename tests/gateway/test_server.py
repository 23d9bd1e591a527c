"""The gateway as it runs: real frames on one side, real records on the other, the embedded bus between."""

import asyncio
import base64
import contextlib
import datetime as dt
import itertools
import os
import socket as sockets
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deploy.local.bus import EmbeddedBus
from schemas.base import Record, ReplyTo
from schemas.commands import CommandDispatched, ConnectionSuperseded, StationLocated
from schemas.credentials import hash_password
from schemas.stationcommands import Reset
from schemas.stations import BootDecided, StationBooted, StationProvisioned
from tests.gateway.running import Running, hears, refused, says
from tests.waiting import until

pytestmark = pytest.mark.embedded

_names = itertools.count()
NOON = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)


@pytest.fixture
async def gateway(embedded_bootstrap: str) -> AsyncIterator[Running]:
    running = Running(embedded_bootstrap, f"gw-test-{next(_names)}")
    await running.start()
    yield running
    await running.finish()


@pytest.fixture
def own_bus() -> Iterator[str]:
    """A bus on which nothing was said before: epochs are then exact."""
    with EmbeddedBus() as bus:
        yield bus.bootstrap


async def dispatch(gateway: Running, station: str, command_id: str, epoch: int) -> None:
    await gateway.tells(
        CommandDispatched(
            id=command_id,
            command_id=command_id,
            station=station,
            gateway=gateway.name,
            epoch=epoch,
            attempt=1,
            command=Reset(),
            expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1),
            timeout_s=10,
        )
    )


STATUS_16 = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
STATUS_2X = {"timestamp": "2026-03-29T12:00:00Z", "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}


@pytest.mark.parametrize(
    ("subprotocol", "payload", "status"),
    [("ocpp1.6", STATUS_16, "Available"), ("ocpp2.0.1", STATUS_2X, "Occupied"), ("ocpp2.1", STATUS_2X, "Occupied")],
)
async def test_a_status_is_on_the_bus_and_answered(
    gateway: Running, subprotocol: str, payload: dict[str, object], status: str
) -> None:
    name = f"STATUS-{subprotocol}"
    async with gateway.station(name, subprotocol) as socket:
        assert socket.subprotocol == subprotocol
        await says(socket, 2, "m1", "StatusNotification", payload)
        assert await hears(socket) == [3, "m1", {}]

    reported = await gateway.finds("ConnectorStatusReported", station=name)
    assert (reported.evse, reported.connector, reported.status) == (1, 1, status)


@pytest.mark.parametrize(
    "handshake",
    [
        {"compression": None},
        {"compression": "deflate"},
        {"user_agent_header": None},
        {"user_agent_header": "Wallbox/1.0 (sn=7)"},
    ],
    ids=str,
)
async def test_a_station_may_offer_compression_and_name_itself_or_not(
    gateway: Running, handshake: dict[str, Any]
) -> None:
    async with gateway.station("MANNERS", "ocpp2.1", "ocpp2.0.1", "ocpp1.6", **handshake) as socket:
        assert socket.subprotocol == "ocpp2.1"
        await says(socket, 2, "m1", "StatusNotification", STATUS_2X)
        assert await hears(socket) == [3, "m1", {}]


async def test_a_station_that_flushes_what_it_has_kept_gets_an_answer_to_each(gateway: Running) -> None:
    facts = [f"kept-{number}" for number in range(500)]
    async with gateway.station("FLUSH") as socket:
        for fact in facts:
            await says(socket, 2, fact, "StatusNotification", STATUS_2X)
        assert [await hears(socket) for _ in facts] == [[3, fact, {}] for fact in facts]

    def kept() -> list[Record]:
        return [r for r in gateway.records if type(r).__name__ == "ConnectorStatusReported" and r.station == "FLUSH"]  # type: ignore[attr-defined]

    await until(lambda: len(kept()) == len(facts))


async def test_a_boot_is_answered_by_the_services_decision(gateway: Running) -> None:
    boot = {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}}
    async with gateway.station("BOOT-1") as socket:
        await says(socket, 2, "m1", "BootNotification", boot)
        booted = await gateway.finds("StationBooted", station="BOOT-1")
        assert isinstance(booted, StationBooted)
        await gateway.tells(
            BootDecided(id="d", station="BOOT-1", reply_to=booted.reply_to, status="Accepted", interval_s=77)
        )
        answer = await hears(socket)

    assert answer[:2] == [3, "m1"]
    assert (answer[2]["status"], answer[2]["interval"]) == ("Accepted", 77)


async def test_a_decision_for_an_older_connection_answers_nothing(gateway: Running) -> None:
    async with gateway.station("BOOT-2") as socket:
        connected = await gateway.finds("StationConnected", station="BOOT-2")
        reply_to = ReplyTo(gateway=gateway.name, epoch=connected.epoch - 1, message_id="m1")
        await says(socket, 2, "m1", "Heartbeat", {})
        await hears(socket)
        await gateway.tells(BootDecided(id="d", station="BOOT-2", reply_to=reply_to, status="Accepted", interval_s=1))

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)


async def test_a_command_reaches_its_station_and_its_answer_the_bus(gateway: Running) -> None:
    async with gateway.station("CMD-1", "ocpp1.6") as socket:
        connected = await gateway.finds("StationConnected", station="CMD-1")
        await dispatch(gateway, "CMD-1", "c1", connected.epoch)
        call = await hears(socket)
        assert call[0] == 2
        assert call[2:] == ["Reset", {"type": "Soft"}]
        await says(socket, 3, call[1], {"status": "Accepted"})
        report = await gateway.finds("DeliveryReported", command_id="c1")

    assert (report.result, report.outcome, bytes(report.response)) == (
        "answered",
        "accepted",
        b'{"status": "Accepted"}',
    )


async def test_a_command_for_a_connection_that_is_not_here_goes_back(gateway: Running) -> None:
    async with gateway.station("CMD-2") as socket:
        connected = await gateway.finds("StationConnected", station="CMD-2")
        await dispatch(gateway, "CMD-2", "stale", connected.epoch - 1)
        await dispatch(gateway, "NOBODY", "nobody", connected.epoch)

        assert (await gateway.finds("DeliveryReported", command_id="stale")).result == "not-here"
        assert (await gateway.finds("DeliveryReported", command_id="nobody")).result == "not-here"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.1)


async def test_a_connection_that_is_superseded_elsewhere_closes_and_does_not_say_where_the_station_is(
    gateway: Running,
) -> None:
    async with gateway.station("MOVED") as socket:
        connected = await gateway.finds("StationConnected", station="MOVED")
        await gateway.tells(
            ConnectionSuperseded(id="s", station="MOVED", gateway=gateway.name, epoch=connected.epoch, at=NOON)
        )
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
    await gateway.finds("StationDisconnected", station="MOVED")

    located = [r for r in gateway.records if isinstance(r, StationLocated) and r.station == "MOVED"]
    assert [record.connected for record in located] == [True]


async def test_a_connection_beaten_by_a_gateway_with_a_faster_clock_is_followed_by_one_that_wins(
    own_bus: str,
) -> None:
    gateway = Running(own_bus, "gw-slow-clock")
    await gateway.start(clock_us=lambda: 1_000)
    async with gateway.station("SKEWED") as socket:
        await gateway.finds("StationConnected", station="SKEWED", epoch=1_000)
        await says(socket, 2, "m1", "StatusNotification", STATUS_2X)
        assert await hears(socket) == [3, "m1", {}]
        await gateway.tells(
            ConnectionSuperseded(id="s", station="SKEWED", gateway=gateway.name, epoch=1_000, by_epoch=2_000, at=NOON)
        )
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
    await gateway.finds("ConnectorStatusReported", station="SKEWED")  # what was answered was stored
    async with gateway.station("SKEWED"):
        await gateway.finds("StationLocated", station="SKEWED", epoch=2_001, connected=True)
    await gateway.finish()


async def test_a_gateway_whose_clock_went_back_goes_on_from_the_newest_connection_it_reads_of(own_bus: str) -> None:
    gateway = Running(own_bus, "gw-set-back")
    gateway._producer = AIOKafkaProducer(bootstrap_servers=own_bus)
    await gateway._producer.start()
    await gateway.tells(
        StationLocated(
            id="x", station="SET-BACK", gateway="gw-other", epoch=2_000, connected=False, version="1.6", at=NOON
        )
    )
    await gateway._producer.stop()

    await gateway.start(clock_us=lambda: 1_000)
    async with gateway.station("SET-BACK"):
        await gateway.finds("StationConnected", station="SET-BACK", epoch=2_001)
    await gateway.finish()


async def test_every_malformed_frame_has_its_reaction_and_the_connection_goes_on(gateway: Running) -> None:
    async with gateway.station("WILD", "ocpp1.6") as socket:
        for message in ("nonsense", b"\x00\x01", "[]", '[3,"x",{}]', '[2,5,"Heartbeat",{}]'):
            await socket.send(message)
        await says(socket, 2, "m1")
        await says(socket, 9, "ignored", "Heartbeat", {})
        await says(socket, 2, "m2", "Heartbeat", {}, {})
        await says(socket, 2, "m3", "Nonsense", {})
        await says(socket, 2, "m4", "StatusNotification", {"connectorId": "one"})
        await says(socket, 2, "m5", "Heartbeat", {})
        answers = [await hears(socket) for _ in range(5)]

    assert [answer[:3] for answer in answers[:3]] == [
        [4, "m1", "FormationViolation"],
        [4, "m2", "FormationViolation"],
        [4, "m3", "NotImplemented"],
    ]
    # What is refused is put into quarantine first, so that the next may be answered before it.
    assert sorted(answer[:2] for answer in answers[3:]) == [[3, "m5"], [4, "m4"]]


async def test_frames_are_logged_on_the_bus(gateway: Running) -> None:
    async with gateway.station("LOGGED") as socket:
        await says(socket, 2, "m1", "Heartbeat", {})
        await hears(socket)

    heard = await gateway.finds("FrameLogged", station="LOGGED", direction="in")
    said = await gateway.finds("FrameLogged", station="LOGGED", direction="out")
    assert (heard.text, heard.kind, said.kind, said.action) == (
        '[2, "m1", "Heartbeat", {}]', "call", "result", "Heartbeat",
    )  # fmt: skip


# -- handshakes -------------------------------------------------------------------------------------------------------


async def test_a_handshake_that_cannot_be_accepted_gets_its_status_and_a_sentence(gateway: Running) -> None:
    assert (await refused(gateway.station("CP-1", "soap")))[0] == 400
    assert (await refused(gateway.station("a%2Fb")))[0] == 404
    status, sentence = await refused(connect(f"ws://127.0.0.1:{gateway.port}/elsewhere"))
    assert status == 404
    assert sentence.endswith(".\n")


async def test_a_provisioned_password_is_asked_for_before_the_upgrade(gateway: Running) -> None:
    await gateway.tells(
        StationProvisioned(
            station="SECURE", password_hash=hash_password("right-password-16", b"s"), provisioned_at=NOON
        )
    )

    def header(password: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"SECURE:{password}".encode()).decode()}

    async with asyncio.timeout(10):
        while True:  # until the gateway has read the provisioning
            with contextlib.suppress(InvalidStatus):
                async with gateway.station("SECURE"):
                    await asyncio.sleep(0.05)
                    continue
            break

    assert (await refused(gateway.station("SECURE", additional_headers=header("wrong-password-16"))))[0] == 401
    async with gateway.station("SECURE", additional_headers=header("right-password-16")) as socket:
        await says(socket, 2, "m1", "Heartbeat", {})
        assert (await hears(socket))[0] == 3


# -- the process ------------------------------------------------------------------------------------------------------


async def test_health_and_metrics_are_served_on_their_own_port(gateway: Running) -> None:
    async with gateway.station("METERED") as socket:
        await says(socket, 2, "m1", "Heartbeat", {})
        await hears(socket)
        status, text = await asyncio.to_thread(gateway.http, "/metrics")

    assert status == 200
    assert 'voltbus_gateway_frames_total{action="Heartbeat",direction="in",kind="call",result="ok"}' in text
    assert "voltbus_gateway_route_lag_records 0.0" in text
    assert "METERED" not in text
    assert await asyncio.to_thread(gateway.http, "/health/live") == (200, "alive\n")
    assert await asyncio.to_thread(gateway.http, "/health/ready") == (200, "ready\n")
    assert (await asyncio.to_thread(gateway.http, "/else"))[0] == 404


async def test_a_stop_sends_the_stations_away_and_tells_that_they_are_gone(embedded_bootstrap: str) -> None:
    gateway = Running(embedded_bootstrap, f"gw-test-{next(_names)}")
    await gateway.start()
    async with gateway.station("DRAINED") as socket:
        await gateway.finds("StationConnected", station="DRAINED")
        gateway.stop.set()
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
    await gateway.finds("StationLocated", station="DRAINED", connected=False)
    await gateway.finish()


async def test_a_gateway_that_ended_without_a_word_tells_at_its_next_start_that_its_stations_are_gone(
    embedded_bootstrap: str,
) -> None:
    gateway = Running(embedded_bootstrap, f"gw-test-{next(_names)}")
    gateway._producer = AIOKafkaProducer(bootstrap_servers=embedded_bootstrap)
    await gateway._producer.start()
    for station, at in (("ORPHAN", gateway.name), ("ELSEWHERE", "gw-other")):
        await gateway.tells(
            StationLocated(id="x", station=station, gateway=at, epoch=5, connected=True, version="1.6", at=NOON)
        )
    await gateway._producer.stop()

    await gateway.start()

    await gateway.finds("StationLocated", station="ORPHAN", connected=False, epoch=5)
    await gateway.finds("StationDisconnected", station="ORPHAN", epoch=5)
    assert not [
        r for r in gateway.records if isinstance(r, StationLocated) and r.station == "ELSEWHERE" and not r.connected
    ]
    await gateway.finish()


async def ended(*arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "--host", "127.0.0.1", *arguments,
        stderr=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": "error::ResourceWarning"},
    )  # fmt: skip
    _, text = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, text.decode()


async def test_a_signal_ends_the_process_cleanly(embedded_bootstrap: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "--host", "127.0.0.1", "--port", "0", "--metrics-port", "0"),
        *("--bus", "embedded", "--bootstrap", embedded_bootstrap, "--gateway", f"gw-test-{next(_names)}"),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(20):
        while b"listens on" not in await process.stderr.readline():
            pass
    process.terminate()

    assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_port_in_use_ends_the_process_with_a_sentence(embedded_bootstrap: str) -> None:
    with sockets.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, text = await ended(
            "--bus", "embedded", "--bootstrap", embedded_bootstrap, "--port", port, "--metrics-port", "0"
        )

    assert code == 1
    assert f"Port {port} cannot be used" in text
    assert "Traceback" not in text


async def test_a_kafka_that_is_not_there_ends_the_process_with_a_sentence() -> None:
    code, text = await ended(
        "--bootstrap", "127.0.0.1:1", "--port", "0", "--metrics-port", "0", "--kafka-start-timeout-s", "0.5"
    )

    assert code == 1
    assert "Kafka at 127.0.0.1:1 cannot be reached" in text
    assert "Traceback" not in text


async def test_a_setting_that_cannot_be_used_ends_the_process_with_a_sentence() -> None:
    code, text = await ended("--port", "many")

    assert code == 1
    assert "--port" in text
    assert "Traceback" not in text
