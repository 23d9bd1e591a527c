"""Connections while the bus is away: facts wait unread, Heartbeats are answered, nothing is lost when it is back."""

import asyncio
import base64
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gateway.ocpp import translate
from gateway.references import References
from gateway.server import Gateway
from gateway.settings import Settings
from schemas.authorization import AuthorizationDecided
from schemas.base import Record, ReplyTo
from schemas.codec import encode
from schemas.compatibility import REF_COMPATIBILITY, CompatibilityProvisioned, Row, Rule
from schemas.configuration import SetConfiguration, Setting
from schemas.credentials import hash_password
from schemas.frames import FrameLogged
from schemas.identities import IdentityKept
from schemas.identityvault import Vault
from schemas.routing import route
from schemas.sealing import Seal, seal_command
from schemas.stations import StationProvisioned
from schemas.tenants import Quotas, TenantProvisioned
from schemas.transactions import RemoteStart
from tests.gateway.conversation import START, FiveActions, dispatch
from tests.schemas.vaults import KEY, Opened
from tests.waiting import until

SETTINGS = Settings(
    host="127.0.0.1",
    port=0,
    stations_unknown="accept",
    boot_grace_s=0.0,
    unanswered_calls=2,
    drain_window_s=0.05,
    settle_s=5.0,
    ping_interval_s=0.6,
    ping_timeout_s=0.3,
    no_pong_silence_s=1.5,
    seen_interval_s=0.2,
    close_timeout_s=0.3,
)


LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


class Bus:
    """An uplink that stores only when told to."""

    def __init__(self) -> None:
        self.full = False
        self.waiting: list[tuple[Sequence[Record], Any, Any]] = []
        self.records: list[Record] = []
        self.frames: list[FrameLogged] = []
        self.callbacks: list[Callable[[], None]] = []
        self.idle = True

    def publish(self, records: Sequence[Record], owner: Any = None, token: Any = None) -> None:
        self.records += records
        if owner is not None:
            self.waiting.append((records, owner, token))

    def log(self, frame: FrameLogged) -> None:
        self.frames.append(frame)

    def when_room(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def not_ready(self) -> list[str]:
        return []

    def store(self) -> None:
        waiting, self.waiting = self.waiting, []
        for _, owner, token in waiting:
            owner.on_stored(token)

    def make_room(self) -> None:
        self.full = False
        callbacks, self.callbacks = self.callbacks, []
        for callback in callbacks:
            callback()

    def named(self, kind: str) -> list[Any]:
        return [record for record in self.records if type(record).__name__ == kind]


class BrokenActions(FiveActions):
    """A translation with a bug in one action."""

    def receive(self, version: Any, action: str, *rest: Any) -> Any:
        if action == "Authorize":
            raise ZeroDivisionError
        return super().receive(version, action, *rest)


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def references() -> References:
    return References()


@pytest.fixture
async def gateway(bus: Bus, references: References) -> AsyncIterator[Gateway]:
    gateway = Gateway(
        SETTINGS,
        uplink=bus,  # type: ignore[arg-type]
        references=references,
        translation=BrokenActions(),
        actions=frozenset({"Heartbeat"}),
    )
    await gateway.start()
    wheel = asyncio.create_task(gateway.wheel.run())
    yield gateway
    await gateway.stop()
    wheel.cancel()


def station(gateway: Gateway, name: str = "CP-1", **options: Any) -> connect:
    return connect(f"ws://127.0.0.1:{gateway.port}/ocpp/{name}", subprotocols=["ocpp2.0.1"], **options)  # type: ignore[list-item]


async def calls(socket: ClientConnection, action: str, message_id: str) -> None:
    await socket.send(json.dumps([2, message_id, action, {}]))


async def hears(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), 5))


async def silence(socket: ClientConnection) -> None:
    """Nothing was sent to the station: all that the gateway sent before it answered a ping is here, and there is nothing."""
    for _ in range(2):  # what came in before a ping is taken in by its pong, or waits behind a full bus
        await (await socket.ping())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await socket.recv()


async def test_a_fact_is_answered_only_after_the_bus_has_it(gateway: Gateway, bus: Bus) -> None:
    async with station(gateway) as socket:
        await calls(socket, "StatusNotification", "m1")
        await until(lambda: bool(bus.waiting))
        await silence(socket)
        bus.store()

        assert await hears(socket) == [3, "m1", {}]


async def test_with_a_full_bus_facts_wait_in_their_order_and_nothing_is_lost(gateway: Gateway, bus: Bus) -> None:
    async with station(gateway) as socket:
        await calls(socket, "Heartbeat", "first")
        await hears(socket)
        bus.full = True
        before = len(bus.records)
        await calls(socket, "StatusNotification", "m1")
        await calls(socket, "StatusNotification", "m2")
        await silence(socket)
        assert len(bus.records) == before

        bus.make_room()
        await until(lambda: len(bus.waiting) == 2)
        bus.store()

        assert [await hears(socket), await hears(socket)] == [[3, "m1", {}], [3, "m2", {}]]


async def test_with_a_full_bus_the_one_call_of_a_patient_station_is_stored_once_there_is_room(
    gateway: Gateway, bus: Bus
) -> None:
    async with station(gateway) as socket:
        await calls(socket, "Heartbeat", "first")
        await hears(socket)
        bus.full = True
        await calls(socket, "StatusNotification", "m1")
        await silence(socket)

        bus.make_room()
        await until(lambda: len(bus.waiting) == 1)
        bus.store()

        assert await hears(socket) == [3, "m1", {}]


async def test_with_a_full_bus_heartbeats_are_answered(gateway: Gateway, bus: Bus) -> None:
    async with station(gateway) as socket:
        await calls(socket, "Heartbeat", "m1")
        await hears(socket)
        bus.full = True
        await calls(socket, "Heartbeat", "m2")

        assert await hears(socket) == [3, "m2", {}]


async def test_with_a_full_bus_no_new_station_is_let_in(gateway: Gateway, bus: Bus) -> None:
    bus.full = True

    with pytest.raises(InvalidStatus) as refused:
        await station(gateway).__aenter__()

    assert refused.value.response.status_code == 503


async def test_a_station_with_too_many_open_calls_is_read_again_when_one_is_answered(
    gateway: Gateway, bus: Bus
) -> None:
    async with station(gateway) as socket:
        for number in range(3):
            await calls(socket, "StatusNotification", f"m{number}")
        await until(lambda: len(bus.waiting) == SETTINGS.unanswered_calls)
        await silence(socket)
        assert len(bus.waiting) == SETTINGS.unanswered_calls
        bus.store()
        await until(lambda: len(bus.waiting) == 1)
        bus.store()

        assert [(await hears(socket))[1] for _ in range(3)] == ["m0", "m1", "m2"]


async def test_stations_of_a_tenant_beyond_its_quota_wait_and_are_all_answered_and_others_are_answered_at_once(
    gateway: Gateway, references: References
) -> None:
    for name in ("A-1", "A-2"):
        _tell(references, StationProvisioned(station=name, tenant="acme", provisioned_at=START))
    _tell(references, TenantProvisioned(tenant="acme", quotas=Quotas(messages_per_s=0.01), provisioned_at=START))
    async with station(gateway, "A-1") as first, station(gateway, "A-2") as second, station(gateway, "B") as other:
        for socket, message in ((first, "m1"), (first, "m2"), (second, "m3")):
            await calls(socket, "Heartbeat", message)
        await calls(other, "Heartbeat", "m4")

        assert (await hears(first))[1] == "m1"
        assert (await hears(other))[1] == "m4"
        await silence(first)
        await silence(second)
        _tell(references, TenantProvisioned(tenant="acme", quotas=Quotas(messages_per_s=50), provisioned_at=START))

        assert {(await hears(first))[1], (await hears(second))[1]} == {"m2", "m3"}


def _tell(references: References, record: Record) -> None:
    routed = route(record)
    references.apply(routed.topic, routed.key, encode(record))


async def test_a_station_that_goes_while_its_facts_wait_is_told_gone_and_its_answer_goes_nowhere(
    gateway: Gateway, bus: Bus
) -> None:
    async with station(gateway) as socket:
        for number in range(3):
            await calls(socket, "StatusNotification", f"m{number}")
        await until(lambda: len(bus.waiting) == 2)
    await until(lambda: bool(bus.named("StationDisconnected")))

    bus.store()

    assert [located.connected for located in bus.named("StationLocated")] == [True, False]


async def test_a_bug_ends_the_one_connection_and_answers_nothing(
    gateway: Gateway, bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    async with station(gateway, "CP-2") as other, station(gateway, "CP-1") as socket:
        await calls(socket, "Authorize", "m1")
        with pytest.raises(ConnectionClosed):
            await hears(socket)
        await calls(other, "Heartbeat", "m2")

        assert await hears(other) == [3, "m2", {}]
    assert "a bug ended the connection" in {gone.reason for gone in bus.named("StationDisconnected")}
    assert "A bug ended the connection of station CP-1, at message 'm1'" in caplog.text


async def test_the_newest_connection_wins_and_the_end_of_the_older_does_not_touch_it(
    gateway: Gateway, bus: Bus
) -> None:
    async with station(gateway) as older, station(gateway) as newer:
        with pytest.raises(ConnectionClosed) as closed:
            await hears(older)
        await until(lambda: len(bus.named("StationDisconnected")) == 1)
        await calls(newer, "Heartbeat", "m1")

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        assert await hears(newer) == [3, "m1", {}]
        older_epoch, newer_epoch = (located.epoch for located in bus.named("StationLocated"))
        assert older_epoch < newer_epoch
        assert [gone.epoch for gone in bus.named("StationDisconnected")] == [older_epoch]


async def test_a_half_open_older_connection_does_not_lock_the_station_out(gateway: Gateway) -> None:
    older = await asyncio.open_connection("127.0.0.1", gateway.port)
    older[1].write(HANDSHAKE)
    await older[0].readuntil(b"\r\n\r\n")  # from here on it is deaf and dumb

    async with station(gateway) as newer:
        await calls(newer, "Heartbeat", "m1")
        assert await hears(newer) == [3, "m1", {}]
    older[1].close()


HANDSHAKE = (
    b"GET /ocpp/CP-1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ocpp1.5, ocpp2.0.1\r\n\r\n"
)


async def test_a_station_that_answers_no_ping_is_cut_off(gateway: Gateway, bus: Bus) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(HANDSHAKE)
    await asyncio.wait_for(reader.read(-1), 5)  # until the end of the stream

    await until(lambda: bool(bus.named("StationDisconnected")))
    assert bus.named("StationDisconnected")[0].reason == "no answer to a ping"
    writer.close()


async def test_a_station_that_is_known_to_answer_no_ping_may_be_silent_for_longer(
    gateway: Gateway, bus: Bus, references: References
) -> None:
    row = Row(name="mute", station="CP-*", rules=(Rule.NO_PONG,))
    record = CompatibilityProvisioned(name="mute", row=row, provisioned_at=START)
    references.apply(REF_COMPATIBILITY.name, b"mute", encode(record))
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(HANDSHAKE)
    await asyncio.wait_for(reader.read(-1), 10)

    await until(lambda: bool(bus.named("StationDisconnected")))
    assert bus.named("StationDisconnected")[0].reason == "silent for too long"
    writer.close()


async def test_a_station_that_answers_pings_stays(gateway: Gateway, bus: Bus) -> None:
    async with station(gateway, ping_interval=None) as socket:
        await asyncio.sleep(3 * SETTINGS.ping_interval_s)
        await calls(socket, "Heartbeat", "m1")

        assert await hears(socket) == [3, "m1", {}]


async def test_a_station_that_is_known_to_send_no_heartbeat_is_seen_by_its_answers_to_pings(
    gateway: Gateway, bus: Bus, references: References
) -> None:
    row = Row(name="quiet", station="CP-2", rules=(Rule.NO_HEARTBEAT,))
    record = CompatibilityProvisioned(name="quiet", row=row, provisioned_at=START)
    references.apply(REF_COMPATIBILITY.name, b"quiet", encode(record))

    async with station(gateway, ping_interval=None), station(gateway, "CP-2", ping_interval=None):
        await until(lambda: bool(bus.named("StationSeen")))

    assert {seen.station for seen in bus.named("StationSeen")} == {"CP-2"}


async def test_every_frame_of_both_directions_is_logged_with_the_action_it_is_about(gateway: Gateway, bus: Bus) -> None:
    async with station(gateway) as socket:
        await calls(socket, "Heartbeat", "m1")
        await hears(socket)
        await socket.send("nonsense")
        await until(lambda: len(bus.frames) == 4)

    assert [(f.direction, f.kind, f.action, f.message_id, f.sequence) for f in bus.frames] == [
        ("in", "call", "Heartbeat", "m1", 1),
        ("out", "result", "Heartbeat", "m1", 2),
        ("in", "malformed", "", "", 3),
        ("out", "error", "", "-1", 4),
    ]
    assert bus.frames[2].text == "nonsense"


async def test_which_session_blocks_a_token_is_in_our_log_and_not_in_the_answer(
    gateway: Gateway, bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="gateway.connection")
    async with station(gateway) as socket:
        await calls(socket, "TransactionEvent", "m1")
        await until(lambda: len(bus.waiting) == 1)
        bus.store()
        epoch = bus.named("StationConnected")[0].epoch
        reply_to = ReplyTo(gateway="gw-0", epoch=epoch, message_id="m1")
        gateway.receive(
            AuthorizationDecided(
                id="d1", station="CP-1", reply_to=reply_to, status="ConcurrentTx", token="CARD", blocked_by="session-9"
            )
        )
        answer = await hears(socket)

    assert "session session-9 runs on it" in caplog.text
    assert "session-9" not in json.dumps(answer)


async def test_a_message_over_the_limit_closes_the_connection_with_1009(gateway: Gateway) -> None:
    async with station(gateway) as socket:
        await socket.send("x" * (SETTINGS.max_frame_bytes + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await hears(socket)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_a_stop_settles_what_is_in_flight_and_sends_stations_away_with_1012(gateway: Gateway, bus: Bus) -> None:
    async with station(gateway) as socket:
        await calls(socket, "StatusNotification", "m1")
        await until(lambda: bool(bus.waiting))
        stopping = asyncio.create_task(gateway.stop())
        await until(lambda: gateway.not_ready() == ["draining"])
        bus.store()

        assert await hears(socket) == [3, "m1", {}]
        with pytest.raises(ConnectionClosed) as closed:
            await hears(socket)
        await stopping

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


async def test_a_password_reaches_the_station_and_no_record(bus: Bus) -> None:
    seal = Seal(bytes(64))
    gateway = Gateway(
        SETTINGS,
        uplink=bus,  # type: ignore[arg-type]
        references=References(),
        translation=translate,
        actions=frozenset({"SetVariables"}),
        seal=seal,
    )
    await gateway.start()
    named = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    setting = Setting(key="SecurityCtrlr.BasicAuthPassword", value="canary-7f3a9-canary")
    async with station(gateway) as socket:
        located = bus.named("StationLocated")[0]
        command = seal_command(SetConfiguration(settings=(setting,)), seal)
        gateway.receive(dispatch(command=command, epoch=located.epoch, expires_at=LATER))
        call = await hears(socket)
        said_again = {"reasonCode": "InvalidValue", "additionalInfo": "I do not want 'canary-7f3a9-canary'"}
        shown = [{**named, "attributeStatus": "Rejected", "attributeStatusInfo": said_again}]
        await socket.send(json.dumps([3, call[1], {"setVariableResult": shown}]))
        await until(lambda: len(bus.named("DeliveryReported")) == 1)
        await socket.send('[2,"x","DataTransfer",{"vendorId":"v","data":{"password":"canary-7f3a9-canary"')
        await socket.send(b'[2,"x","NotifyReport",{"wifiPassword":"canary-7f3a9-canary"}]')
        await until(lambda: len(bus.frames) >= 5)
    await gateway.stop()

    assert call[3]["setVariableData"] == [{**named, "attributeValue": "canary-7f3a9-canary"}]
    kept = msgspec.json.encode([*bus.records, *bus.frames]).decode()
    assert "canary" not in kept
    assert "I do not want '***'" in bytes(bus.named("DeliveryReported")[0].response).decode()


async def test_a_password_sealed_with_another_key_is_not_sent_and_says_why(bus: Bus) -> None:
    gateway = Gateway(
        SETTINGS,
        uplink=bus,  # type: ignore[arg-type]
        references=References(),
        translation=translate,
        actions=frozenset(),
        seal=Seal(b"\x01" * 64),
    )
    await gateway.start()
    setting = Setting(key="SecurityCtrlr.BasicAuthPassword", value="canary-7f3a9-canary")
    async with station(gateway):
        located = bus.named("StationLocated")[0]
        command = seal_command(SetConfiguration(settings=(setting,)), Seal(bytes(64)))
        gateway.receive(dispatch(command=command, epoch=located.epoch, expires_at=LATER))
        await until(lambda: bool(bus.named("DeliveryReported")))
    await gateway.stop()

    [report] = bus.named("DeliveryReported")
    assert report.result == "invalid"
    assert "one secrets key" in report.error_description
    assert [frame for frame in bus.frames if frame.direction == "out"] == []


async def test_stations_say_and_hear_tokens_and_no_record_or_frame_has_them(bus: Bus) -> None:
    opened = Opened("CANARY-7F3A", at=dt.datetime.now(dt.UTC))
    [pseudonym] = opened.vault.identities_of("CANARY-7F3A", "token")
    gateway = Gateway(
        SETTINGS,
        uplink=bus,  # type: ignore[arg-type]
        references=References(),
        translation=translate,
        actions=frozenset(),
        vault=opened.vault,
    )
    await gateway.start()
    later = Opened("CANARY-LATE").records[-1]
    assert isinstance(later, IdentityKept)
    async with station(gateway) as socket:
        located = bus.named("StationLocated")[0]
        token = {"idToken": "canary-7f3a", "type": "ISO14443"}
        await socket.send(json.dumps([2, "a", "Authorize", {"idToken": token}]))
        await until(lambda: bool(bus.named("AuthorizationRequested")))
        wheel = asyncio.create_task(gateway.wheel.run())
        for number, who in enumerate((pseudonym, later.identity)):
            command = RemoteStart(token=who, evse=1)
            gateway.receive(dispatch(f"c{number}", command=command, epoch=located.epoch, expires_at=LATER))
            if number:
                opened.publish(later)  # the vault's record comes after the command
            call = await hears(socket)
            assert call[3]["idToken"]["idToken"] == ("CANARY-7F3A", "CANARY-LATE")[number]
            await socket.send(json.dumps([4, call[1], "GenericError", f"no {call[3]['idToken']['idToken']}", call[3]]))
        await until(lambda: len(bus.named("DeliveryReported")) == 2)
        wheel.cancel()
    await gateway.stop()

    assert bus.named("AuthorizationRequested")[0].token == pseudonym
    kept = msgspec.json.encode([*bus.records, *bus.frames]).decode()
    assert "canary" not in kept.lower()
    assert f"no {later.identity}" in kept


async def test_a_gateway_without_a_key_for_the_month_takes_no_stations(bus: Bus) -> None:
    gateway = Gateway(
        SETTINGS,
        uplink=bus,  # type: ignore[arg-type]
        references=References(),
        translation=translate,
        actions=frozenset(),
        vault=Vault(KEY),
    )
    await gateway.start()
    assert gateway.not_ready()
    with pytest.raises(InvalidStatus) as refused:
        async with station(gateway):
            pass
    await gateway.stop()

    assert refused.value.response.status_code == 503


async def test_a_station_that_uses_a_new_password_at_once_is_let_in_before_kafka_has_it(
    gateway: Gateway, references: References, bus: Bus
) -> None:
    """A01.FR.03: the station accepts, and reconnects within milliseconds. The service `stations` has said nothing meanwhile."""
    old, new = (hash_password(word, b"salt") for word in ("old-password-old", "new-password-new"))
    record = StationProvisioned(station="CP-1", password_hash=old, provisioned_at=START)
    routed = route(record)
    references.apply(routed.topic, routed.key, encode(record))
    with_old, with_new = (
        {"additional_headers": {"Authorization": _basic(word)}} for word in ("old-password-old", "new-password-new")
    )

    with pytest.raises(InvalidStatus, match="401"):
        await station(gateway, **with_new)
    async with station(gateway, **with_old) as socket:
        located = bus.named("StationLocated")[-1]
        gateway.receive(dispatch(epoch=located.epoch, expires_at=LATER, credential_hash=new))
        call = await hears(socket)
        await socket.send(json.dumps([3, call[1], {"status": "Accepted"}]))
        async with station(gateway, **with_new) as again:
            await calls(again, "Heartbeat", "m1")

            assert await hears(again) == [3, "m1", {}]


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"CP-1:{password}".encode()).decode()
