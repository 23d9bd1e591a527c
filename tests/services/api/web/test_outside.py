"""What an OpenID provider answers comes back, and what goes wrong is an outage that says where."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.api.web import outside
from services.api.web.outside import Outside
from services.runtime.process.outage import Outage


class Server:
    """Answers every request in the same way, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
        self.heard = b""
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        self.heard = head + await reader.readexactly(length)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/keys"
    yield made
    listening.close()


@pytest.fixture
async def provider() -> AsyncIterator[Outside]:
    made = Outside()
    yield made
    await made.close()


async def test_the_body_of_an_answer_comes_back(server: Server, provider: Outside) -> None:
    assert await provider.get(server.url) == b"{}"
    assert server.heard.startswith(b"GET /keys ")


async def test_a_form_is_sent_as_one(server: Server, provider: Outside) -> None:
    await provider.post(server.url, {"code": "a b&c"})

    assert server.heard.endswith(b"code=a+b%26c")
    assert b"application/x-www-form-urlencoded" in server.heard


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 4\r\n\r\nnope",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
async def test_anything_but_200_is_an_outage(server: Server, provider: Outside, answer: bytes) -> None:
    server.answer = answer

    with pytest.raises(Outage, match="keys"):
        await provider.get(server.url)


async def test_more_than_is_read_is_an_outage(
    server: Server, provider: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "LARGEST_BYTES", 1)

    with pytest.raises(Outage, match="more than 1 bytes"):
        await provider.get(server.url)


async def test_nobody_there_is_an_outage(provider: Outside) -> None:
    with pytest.raises(Outage, match="cannot be reached"):
        await provider.get("http://127.0.0.1:1/")
