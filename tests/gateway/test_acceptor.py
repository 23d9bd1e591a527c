"""The acceptor: handshakes are bounded, in all and for each address, and slow ones end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.base import Record
from tests.gateway.conftest import World
from tests.gateway.running import Running, hears, says
from tests.gateway.tls.clients import trusting
from tests.gateway.tls.test_handshakes import FAILED, counted, failed
from tests.waiting import until

pytestmark = pytest.mark.embedded

CLOSED = "voltbus_gateway_connections_closed_early_total"
HELLO = b"\x16\x03\x01\x02\x00\x01"
"""The first bytes of a ClientHello."""


@pytest.fixture
async def slow(embedded_bootstrap: str, world: World) -> AsyncIterator[Running]:
    running = Running(embedded_bootstrap, "gw-slow-handshakes")
    await running.start(
        **world.settings(tls_handshake_timeout_s=0.3, open_timeout_s=0.3, handshakes=6, handshakes_per_address=3)
    )
    yield running
    await running.finish()


async def dial(port: int, source: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))


async def ends(reader: asyncio.StreamReader) -> None:
    """The other side closes."""
    try:
        while await asyncio.wait_for(reader.read(1_000), 10):
            pass
    except ConnectionError:
        pass


async def test_attack_slow_tls_handshakes_end_by_themselves(slow: Running, world: World) -> None:
    before = counted(FAILED, cause="timeout")
    held = [await dial(slow.ports["tls"]) for _ in range(2)]
    for _, writer in held:
        writer.write(HELLO)
    for reader, writer in held:
        await ends(reader)
        writer.close()
    assert counted(FAILED, cause="timeout") == before + 2
    await until(lambda: counted("voltbus_gateway_handshakes_in_progress") == 0)


async def test_attack_slow_http_handshakes_end_by_themselves(slow: Running) -> None:
    reader, writer = await dial(slow.port)
    writer.write(b"GET /ocpp/SLOW HTTP/1.1\r\n")
    await ends(reader)
    writer.close()
    await until(lambda: counted("voltbus_gateway_handshakes_in_progress") == 0)


async def test_attack_many_handshakes_of_one_address_leave_room_for_others(slow: Running) -> None:
    before = counted(CLOSED, because="address")
    held = [await dial(slow.port, "127.0.0.9") for _ in range(3)]
    await until(lambda: counted("voltbus_gateway_handshakes_in_progress") == 3)
    reader, writer = await dial(slow.port, "127.0.0.9")
    await ends(reader)
    writer.close()
    assert counted(CLOSED, because="address") == before + 1
    async with slow.station("GOOD-1") as socket:
        await says(socket, 2, "m1", "Heartbeat", {})
        assert (await hears(socket))[:2] == [3, "m1"]
    for _, each in held:
        each.close()


async def test_beyond_all_handshakes_new_connections_wait(slow: Running) -> None:
    before = counted("voltbus_gateway_accepting_paused_total")
    held = [await dial(slow.port, f"127.0.0.{10 + number // 3}") for number in range(6)]
    await until(lambda: counted("voltbus_gateway_handshakes_in_progress") == 6)
    async with slow.station("GOOD-2", open_timeout=10) as socket:  # as soon as the slow ones are given up
        await says(socket, 2, "m1", "Heartbeat", {})
        assert (await hears(socket))[:2] == [3, "m1"]
    assert counted("voltbus_gateway_accepting_paused_total") > before
    for _, each in held:
        each.close()


async def test_attack_failed_handshakes_of_an_address_are_closed_at_once_beyond_their_rate(
    embedded_bootstrap: str, world: World
) -> None:
    running = Running(embedded_bootstrap, "gw-many-failures")
    await running.start(**world.settings(failed_handshakes_per_s=1))
    before = counted(CLOSED, because="failures")
    for _ in range(10):
        reader, writer = await dial(running.ports["tls"], "127.0.0.20")
        writer.write(b"no TLS at all\r\n\r\n")
        await ends(reader)
        writer.close()
    reader, writer = await dial(running.ports["tls"], "127.0.0.20")
    await ends(reader)
    writer.close()
    assert counted(CLOSED, because="failures") == before + 1
    context = trusting(world.servers.path, world.stations.issue("GOOD-3"))
    async with running.secure_station("GOOD-3", "mtls", context):
        pass
    await running.finish()


async def test_failed_handshakes_are_logged_once_for_an_address_and_cause(
    embedded_bootstrap: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    running = Running(embedded_bootstrap, "gw-logs-failures")
    await running.start(**world.settings())
    for _ in range(5):
        await failed(running.secure_station("X", "mtls", trusting(world.servers.path)))
    lines = [each for each in caplog.messages if "TLS handshake" in each]
    assert len(lines) == 1
    assert "no-certificate" in lines[0]
    await running.finish()


async def test_attack_a_frame_that_never_ends_is_cut_off(embedded_bootstrap: str) -> None:
    running = Running(embedded_bootstrap, "gw-slow-frames")
    await running.start(frame_timeout_s=0.1, ping_interval_s=0.2, ping_timeout_s=0.1)
    async with running.station("SLOW-FRAME") as socket:
        socket.transport.write(bytes([0x81, 0xFE, 0x10, 0x00]) + bytes(5))  # a text of 4,096 bytes that does not come
        for _ in range(100):
            if socket.transport.is_closing():
                break
            socket.transport.write(b"\0")  # a byte now and then: it is not silent
            await asyncio.sleep(0.05)
        await asyncio.wait_for(socket.wait_closed(), 10)

    def cut(record: Record) -> bool:
        return getattr(record, "reason", "") == "a frame took too long"

    await until(lambda: any(map(cut, running.records)))
    await running.finish()
