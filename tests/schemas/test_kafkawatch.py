"""A process's view of Kafka when nothing is on its way there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from schemas.kafkawatch import BusWatch


@contextlib.asynccontextmanager
async def watching(bootstrap: str) -> AsyncIterator[BusWatch]:
    watch = BusWatch(bootstrap, every_s=0.01, failures=2)
    running = asyncio.create_task(watch.run(asyncio.Event()))
    yield watch
    running.cancel()


async def until(watch: BusWatch, *, ready: bool) -> None:
    async with asyncio.timeout(10):
        while bool(watch.not_ready()) is ready:
            await asyncio.sleep(0.01)


async def listener(port: int = 0) -> asyncio.Server:
    return await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port)


async def test_an_idle_process_is_not_ready_while_no_broker_takes_connections() -> None:
    broker = await listener()
    port = broker.sockets[0].getsockname()[1]
    async with watching(f"127.0.0.1:{port}") as watch:
        await asyncio.sleep(0.05)
        assert watch.not_ready() == []
        broker.close()
        await until(watch, ready=False)
        assert watch.not_ready() == [f"Kafka at 127.0.0.1:{port} takes no connections"]
        broker = await listener(port)
        await until(watch, ready=True)
        broker.close()


async def test_one_broker_of_several_is_enough() -> None:
    broker = await listener()
    port = broker.sockets[0].getsockname()[1]
    async with watching(f"127.0.0.1:1,127.0.0.1:{port}") as watch:
        await asyncio.sleep(0.1)
        assert watch.not_ready() == []
    broker.close()
