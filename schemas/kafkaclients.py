"""Kafka's clients, as every process opens them: one of the two shells in schemas.

It is here because gateway and services both need it and share nothing but schemas: it reads the files of TLS and mends
aiokafka. What goes together, and what the clients are told, is decided in `schemas.kafkaaccess`.
"""

import ssl
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

from schemas.kafkaaccess import KafkaAccess, client_options
from schemas.settings import BadSetting


def kafka_options(settings: KafkaAccess) -> dict[str, Any]:
    """What aiokafka's clients take: where the brokers are and how to speak with them. Raises BadSetting."""
    return client_options(settings, _tls_context(settings))


def mend_connections() -> None:
    """Have aiokafka take a connection that uvloop has closed for a broken one; once a process, before any client.

    uvloop raises RuntimeError where asyncio's own loop says nothing, and aiokafka lets it end the tasks that keep a client
    alive: heartbeats, metadata, fetches. Nothing would start them again after an outage.
    """
    send = AIOKafkaConnection.send

    def sent(connection: Any, request: Any, expect_response: bool = True) -> Any:
        try:
            return send(connection, request, expect_response)
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"Connection at {connection.host}:{connection.port} broken: {error}") from error

    AIOKafkaConnection.send = sent


def _tls_context(settings: KafkaAccess) -> ssl.SSLContext | None:
    """Checks the brokers' certificates and names; None without TLS."""
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
