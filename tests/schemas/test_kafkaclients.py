"""Kafka's clients as both the gateway and the services open them: TLS from files, and connections that are gone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from schemas.kafkaaccess import KafkaAccess
from schemas.kafkaclients import discard, kafka_options, key_hash, mend_connections
from schemas.settings import BadSetting


def test_clients_in_clear_have_no_tls() -> None:
    assert kafka_options(KafkaAccess())["ssl_context"] is None


def test_with_tls_brokers_must_show_a_certificate_for_their_name() -> None:
    context = kafka_options(KafkaAccess(kafka_tls=True))["ssl_context"]

    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize("setting", ["kafka_ca", "kafka_certificate"])
def test_a_file_that_is_not_there_or_no_certificate_is_refused_by_name(setting: str, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")

    for file in (tmp_path / "missing.pem", nonsense):
        with pytest.raises(BadSetting, match=file.name):
            kafka_options(KafkaAccess(kafka_tls=True, **{setting: str(file)}))


@pytest.fixture
def mended() -> Iterator[None]:
    """As a process has it; taken back afterwards."""
    send = AIOKafkaConnection.send
    mend_connections()
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


@pytest.mark.parametrize(
    ("key", "hashed"), [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)]
)
def test_a_key_goes_to_the_partition_that_other_kafka_clients_give_it(key: bytes, hashed: int) -> None:
    """The numbers are those of Kafka's own tests of its hash."""
    assert key_hash(key) == hashed & 0x7FFFFFFF


async def test_who_waits_for_a_producer_that_is_thrown_away_is_told_at_once() -> None:
    producer = AIOKafkaProducer(bootstrap_servers="127.0.0.1:1")
    waiting = await producer._message_accumulator.add_message(TopicPartition("csms", 0), b"key", b"value", timeout=1)

    await discard(producer, KafkaConnectionError("given up"))

    with pytest.raises(KafkaConnectionError, match="given up"):
        await waiting


async def test_a_producer_thrown_away_without_a_reason_leaves_what_it_has_to_its_owner() -> None:
    producer = AIOKafkaProducer(bootstrap_servers="127.0.0.1:1")
    waiting = await producer._message_accumulator.add_message(TopicPartition("csms", 0), b"key", b"value", timeout=1)

    await discard(producer)

    assert not waiting.done()
    assert producer._closed
