"""Access: Kafka's clients of the services, opened as the settings say: in clear or with TLS, with or without a login."""

import ssl
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError
from faust import SASLCredentials, SSLCredentials

from schemas.kafkaaccess import KafkaAccess, client_options
from schemas.settings import BadSetting


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


def kafka_options(settings: KafkaAccess) -> dict[str, Any]:
    """What aiokafka's clients take: where the brokers are and how to speak with them. Raises BadSetting."""
    return client_options(settings, tls_context(settings))


def faust_credentials(settings: KafkaAccess) -> SASLCredentials | SSLCredentials | None:
    """The same for faust, which takes it apart from the address. Raises BadSetting."""
    options = kafka_options(settings)
    if "sasl_mechanism" in options:
        return SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"],
            ssl_context=options["ssl_context"],
        )
    return SSLCredentials(options["ssl_context"]) if settings.kafka_tls else None


def tls_context(settings: KafkaAccess) -> ssl.SSLContext | None:
    """Checks the brokers' certificates and names; None without TLS. Raises BadSetting for files that cannot be used."""
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
