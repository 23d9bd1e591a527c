"""The lean WebSocket client against frames as servers send them."""

import asyncio
import base64
import hashlib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import serve
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from loadtest.ocpp.websocket import TEXT, Refused, Target, client_frame, connect, refusal_in, trusted
from tests.pki import authority


class Heard:
    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def received(self, message: bytes) -> None:
        self.messages.append(message)

    def closed(self, code: int) -> None:
        self.code.set_result(code)


@given(st.binary(max_size=70_000))
def test_a_client_frame_is_masked_and_reads_back_whole(payload):
    reader = StreamReader()
    reader.feed_data(client_frame(TEXT, payload))
    parsing = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)

    assert parsed.value.value.data == payload
    assert parsed.value.value.opcode == Opcode.TEXT


async def talk(handler, **options):
    """A connection to a server of the `websockets` library, and the messages received on it."""
    server = await serve(handler, "127.0.0.1", 0, subprotocols=["ocpp1.6"], **options)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp"
    heard = Heard()
    socket = await connect(Target(url=url, station="A/1", subprotocol="ocpp1.6", timeout_s=5), heard)
    return server, socket, heard


async def test_messages_of_every_length_come_whole_also_in_fragments():
    texts = ["", "a" * 125, "b" * 126, "c" * 65_535, "d" * 65_536, "e" * 300_000]

    async def speak(link) -> None:
        for text in texts:
            await link.send(text)
        await link.send(["in ", "three ", "parts"])

    server, _, heard = await talk(speak)
    code = await asyncio.wait_for(heard.code, 5)
    server.close()

    assert heard.messages == [text.encode() for text in [*texts, "in three parts"]]
    assert code == 1000


async def test_what_is_sent_arrives_and_pings_are_answered():
    arrived: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def listen(link) -> None:
        await (await link.ping())
        arrived.set_result(f"{link.request.path} {await link.recv()}")

    server, socket, heard = await talk(listen)
    socket.send(b'[2,"1","Heartbeat",{}]')

    assert await asyncio.wait_for(arrived, 5) == '/ocpp/A%2F1 [2,"1","Heartbeat",{}]'
    await asyncio.wait_for(heard.code, 5)
    server.close()


async def test_the_servers_close_code_is_told():
    async def restart(link) -> None:
        await link.close(1012)

    server, _, heard = await talk(restart)

    assert await asyncio.wait_for(heard.code, 5) == 1012
    server.close()


async def test_a_vanished_server_is_told_as_1006():
    async def vanish(link) -> None:
        link.transport.abort()

    server, _, heard = await talk(vanish)

    assert await asyncio.wait_for(heard.code, 5) == 1006
    server.close()


async def test_a_refused_handshake_tells_status_and_sentence():
    def refuse(connection, request):
        return connection.respond(404, "no such station\n")

    with pytest.raises(Refused, match="HTTP 404: no such station") as refused:
        await talk(None, process_request=refuse)

    assert refused.value.status == 404


ACCEPT = base64.b64encode(hashlib.sha1(b"x").digest())


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: wrong", "does not match"),
        (b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + ACCEPT, "no subprotocol"),
        (b"SSH-2.0-OpenSSH", "SSH-2.0"),
    ],
)
def test_an_answer_that_is_no_upgrade_is_refused_with_its_reason(head, why):
    assert why in str(refusal_in(head, ACCEPT, b""))


async def test_a_station_connects_from_the_source_address_it_is_given():
    met = []

    async def handler(link):
        met.append(link.remote_address[0])

    async with serve(handler, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp"
        target = Target(url=url, station="A", subprotocol="ocpp1.6", source_address="127.0.0.7", timeout_s=5)
        socket = await connect(target, Heard())
        socket.abort()

    assert met == ["127.0.0.7"]


async def test_a_server_that_is_not_there_is_told_also_to_who_has_a_source_address():
    target = Target(url="ws://127.0.0.1:9/x", station="A", subprotocol="ocpp1.6", source_address="127.0.0.7")

    with pytest.raises(ConnectionRefusedError):
        await connect(target, Heard())


async def test_a_station_speaks_tls_and_trusts_the_authority_that_is_named(tmp_path, monkeypatch):
    servers = authority(tmp_path, "servers")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(servers.issue("localhost", alternatives=("localhost",)).path)

    async def echo(socket):
        await socket.send(await socket.recv())

    async with serve(echo, "127.0.0.1", 0, subprotocols=["ocpp1.6"], ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        target = Target(url=f"wss://localhost:{port}/ocpp", station="A", subprotocol="ocpp1.6", timeout_s=5)
        trusted.cache_clear()
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(target, Heard())
        monkeypatch.setenv("SSL_CERT_FILE", str(servers.path))
        trusted.cache_clear()
        heard = Heard()
        socket = await connect(target, heard)
        socket.send(b"hello")
        await asyncio.wait_for(heard.code, 5)
        assert heard.messages == [b"hello"]
    trusted.cache_clear()
