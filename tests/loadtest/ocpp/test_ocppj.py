"""OCPP-J conversations of simulated stations."""

import asyncio
import base64
import hashlib

from loadtest.ocpp.ocppj import Answer, Conversation
from loadtest.ocpp.websocket import ACCEPT_GUID, Target


async def test_a_command_that_comes_in_one_packet_with_the_upgrade_is_answered() -> None:
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        key = next(
            line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(key + ACCEPT_GUID).digest())
        command = b'[2,"m1","Reset",{"type":"Soft"}]'
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: ocpp1.6\r\nSec-WebSocket-Accept: "
            + accept
            + b"\r\n\r\n"
            + bytes([0x81, len(command)])
            + command
        )
        start, length = await reader.readexactly(2)
        assert start == 0x81
        mask = await reader.readexactly(4)
        masked = await reader.readexactly(length & 0x7F)
        heard.set_result(bytes(byte ^ mask[number % 4] for number, byte in enumerate(masked)))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        station = Conversation(lambda _action, _payload: Answer(payload=b'{"status":"Accepted"}'))
        await station.open(Target(url=url, station="S", subprotocol="ocpp1.6"))

        assert await asyncio.wait_for(heard, 5) == b'[3,"m1",{"status":"Accepted"}]'
        await station.over
