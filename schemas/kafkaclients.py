"""Kafka clients: options of aiokafka's clients, discarding a failed producer, and the partition of a key. A shell.

It is in schemas because gateway and services both need it and share nothing else: it reads TLS files and patches aiokafka. The
options themselves are made in `schemas.kafkaaccess`.
"""

import ssl
from functools import lru_cache
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.partitioner import murmur2

from schemas.kafkaaccess import KafkaAccess, client_options
from schemas.kafkabells import ring_when_published
from schemas.settings import BadSetting


def kafka_options(settings: KafkaAccess) -> dict[str, Any]:
    """The options of aiokafka's clients: brokers, TLS and login. Raises BadSetting."""
    return client_options(settings, _tls_context(settings))


@lru_cache(maxsize=65_536)
def key_hash(key: bytes) -> int:
    """The hash of a key; modulo the partition count it gives the partition, as in every other Kafka client."""
    return int(murmur2(key)) & 0x7FFFFFFF


async def discard(producer: Any, error: KafkaError | None = None) -> None:
    """Close a failed producer without sending its queued records. With `error`, sends that wait for them fail at once.

    `stop()` would first try to send everything: it never ends where the broker refuses the records, and an idempotent producer
    would go on sending, perhaps after the membership has ended.
    """
    producer._closed = True
    if producer._sender.sender_task is not None:
        await producer._sender.close()
    if error is not None:
        producer._message_accumulator.fail_all(error)
    await producer.client.close()


def mend_connections() -> None:
    """Patch aiokafka to treat a connection that uvloop has closed as broken, and to ring the bells of an embedded bus.

    Call once a process, before any client is made.

    uvloop raises RuntimeError where asyncio's own loop does not, and in aiokafka that ends the tasks that keep a client alive:
    heartbeats, metadata, fetches. Nothing would restart them after an outage.
    """
    send = AIOKafkaConnection.send

    def send_or_break(self: Any, request: Any, expect_response: bool = True) -> Any:
        try:
            return send(self, request, expect_response)
        except RuntimeError as error:
            self.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"Connection at {self.host}:{self.port} broken: {error}") from error

    AIOKafkaConnection.send = send_or_break
    ring_when_published()


def _tls_context(settings: KafkaAccess) -> ssl.SSLContext | None:
    """A context that verifies the brokers' certificates and names; None without TLS."""
    if not settings.kafka_tls:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca or None)
        if settings.kafka_certificate:
            context.load_cert_chain(settings.kafka_certificate, settings.kafka_key or None)
    except OSError as error:
        files = ", ".join(filter(None, (settings.kafka_ca, settings.kafka_certificate, settings.kafka_key)))
        raise BadSetting(f"TLS with Kafka cannot be set up from {files}: {error}") from error
    return context
