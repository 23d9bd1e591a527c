"""Connections that are gone, as both processes that run on uvloop see them."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from gateway import kafka
from services.runtime import access


@pytest.fixture(params=[access.mend_connections, kafka.mend_connections], ids=["services", "gateway"])
def mended(request: pytest.FixtureRequest) -> Iterator[None]:
    """As a process has it; taken back afterwards."""
    mend: Callable[[], None] = request.param
    send = AIOKafkaConnection.send
    mend()
    yield
    AIOKafkaConnection.send = send


@pytest.mark.usefixtures("mended")
def test_a_request_on_a_connection_that_uvloop_has_closed_is_an_outage() -> None:
    async def asked() -> Any:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        connection = AIOKafkaConnection(host, port)
        connection._versions = {MetadataRequest.API_KEY: (0, 1)}
        connection._reader, connection._writer = await asyncio.open_connection(host, port)
        connection._read_task = connection._create_reader_task()
        connection._writer.transport.abort()
        try:
            with pytest.raises(KafkaConnectionError):
                await connection.send(MetadataRequest([]))
            return connection.connected()
        finally:
            server.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(asked()) is False
