"""Kafka access: the settings with which every process connects to the cluster: TLS, login. PURE."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from schemas.settings import BadSetting


class KafkaAccess(msgspec.Struct, frozen=True, kw_only=True):
    """The settings for Kafka of each process."""

    bootstrap: Annotated[str, Meta(description="Kafka brokers, host:port separated by commas.")] = "127.0.0.1:9092"
    kafka_tls: Annotated[bool, Meta(description="Speak TLS with the brokers.")] = False
    kafka_ca: Annotated[
        str, Meta(description="PEM file of the CA that signed the brokers' certificates; empty: the system's.")
    ] = ""
    kafka_certificate: Annotated[
        str, Meta(description="PEM file of this client's own certificate, where the brokers ask for one.")
    ] = ""
    kafka_key: Annotated[str, Meta(description="PEM file of its key; empty where the certificate's file has it.")] = ""
    kafka_sasl: Annotated[
        Literal["none", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        Meta(description="How to log in; PLAIN and SCRAM take a user name and a password."),
    ] = "none"
    kafka_username: Annotated[str, Meta(description="User name of the login.")] = ""
    kafka_password: Annotated[
        str, Meta(description="Its password; give it as the variable, for flags can be read by others.")
    ] = ""


def describe_access(access: KafkaAccess) -> str:
    """The address of Kafka with TLS and login, for messages: a refused login or certificate looks like an unreachable broker."""
    means = ["TLS"] if access.kafka_tls else []
    if access.kafka_sasl != "none":
        means.append(f"login by {access.kafka_sasl} as {access.kafka_username}")
    return f"Kafka at {access.bootstrap}" + (f" ({', '.join(means)})" if means else "")


def client_options(access: KafkaAccess, tls: Any | None) -> dict[str, Any]:
    """The options of aiokafka's clients, given a TLS context (None without TLS).

    Raises BadSetting where settings contradict each other.
    """
    _require_sense(access)
    options: dict[str, Any] = {
        "bootstrap_servers": access.bootstrap,
        "security_protocol": "SSL" if access.kafka_tls else "PLAINTEXT",
        "ssl_context": tls,
    }
    if access.kafka_sasl != "none":
        options |= {
            "security_protocol": f"SASL_{options['security_protocol']}",
            "sasl_mechanism": access.kafka_sasl,
            "sasl_plain_username": access.kafka_username,
            "sasl_plain_password": access.kafka_password,
        }
    return options


def _require_sense(access: KafkaAccess) -> None:
    if not access.kafka_tls and (access.kafka_ca or access.kafka_certificate or access.kafka_key):
        raise BadSetting("kafka_ca, kafka_certificate and kafka_key are for TLS: set kafka_tls as well.")
    if access.kafka_key and not access.kafka_certificate:
        raise BadSetting("kafka_key is the key of kafka_certificate: give that file as well.")
    login = bool(access.kafka_username), bool(access.kafka_password)
    if access.kafka_sasl == "none" and any(login):
        raise BadSetting("kafka_username and kafka_password are for a login: say which with kafka_sasl.")
    if access.kafka_sasl != "none" and not all(login):
        raise BadSetting(f"kafka_sasl={access.kafka_sasl} needs kafka_username and kafka_password.")
