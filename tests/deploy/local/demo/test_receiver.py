"""The receiver of the demo's webhook takes each delivery, writes a line about it, and survives what is no delivery."""

import asyncio
from pathlib import Path

import httpx

from deploy.local.demo.receiver import HOST, LARGEST_BODY, Receiver


async def test_a_delivery_is_taken_and_written_down(tmp_path: Path) -> None:
    log = tmp_path / "webhook.log"
    receiver = Receiver(log)
    port = await receiver.start(0)
    try:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
            answer = await client.post("/", json={"type": "session.ended"}, headers={"webhook-id": "w1"})
            too_much = await client.post("/", content=b" " * (LARGEST_BODY + 1))
    finally:
        await receiver.stop()

    assert (answer.status_code, too_much.status_code) == (204, 400)
    assert log.read_text() == 'w1 {"type":"session.ended"}\n'


async def test_a_sender_that_goes_away_ends_nothing_and_a_later_start_listens_there_again(tmp_path: Path) -> None:
    receiver = Receiver(tmp_path / "webhook.log")
    port = await receiver.start(0)
    _, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf")
    writer.close()
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
        assert (await client.post("/", content=b"{}")).status_code == 204
    await receiver.stop()

    again = Receiver(tmp_path / "webhook.log")
    assert await again.start(port) == port
    await again.stop()
