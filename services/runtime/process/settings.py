"""Settings of every service process. Further settings of one noun are a struct in `services/<noun>/settings.py`. PURE."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from schemas.kafkaaccess import KafkaAccess

PUBLIC_URL = (
    "Address by which stations and drivers reach the API, as https://csms.example.com: stations upload logs there, drivers find receipts"
    " and pay by QR code. Empty: they cannot."
)
"""The description of the setting `api_public_url`."""


class Settings(KafkaAccess, frozen=True, kw_only=True):
    """The settings of every service, with their meaning. `services.nouns` adds those of each noun; `--help` prints all of them."""

    # -- the bus --------------------------------------------------------------------------------------------------------
    bus: Annotated[
        Literal["kafka", "embedded"],
        msgspec.Meta(description="kafka: a real cluster with its topics made; embedded: librdkafka's mock cluster."),
    ] = "kafka"

    # -- watching -------------------------------------------------------------------------------------------------------
    metrics_port: Annotated[
        int, msgspec.Meta(ge=0, le=65535, description="Port of /metrics, /health/live and /health/ready; 0 for none.")
    ] = 9102
    metrics_host: Annotated[str, msgspec.Meta(description="Address of the metrics listener.")] = "127.0.0.1"

    library_log: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        msgspec.Meta(description="What aiokafka and faust may log; they repeat every attempt during an outage."),
    ] = "CRITICAL"

    # -- runtime --------------------------------------------------------------------------------------------------------
    batch_records: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="Most records a stateful service applies in one batch.")
    ] = 500
    state_cache_keys: Annotated[
        int, msgspec.Meta(ge=1, description="Keys whose states a service holds decoded, beside their bytes.")
    ] = 5_000
    session_timeout_s: Annotated[
        float, msgspec.Meta(gt=0, description="A worker silent for so long loses its partitions to others.")
    ] = 10.0
    dead_letters_limit: Annotated[
        int, msgspec.Meta(ge=1, description="So many dead letters in a row mean that the code is wrong: stop.")
    ] = 100
    publish_timeout_s: Annotated[
        float, msgspec.Meta(gt=0, description="How long a send waits for Kafka before it counts as an outage.")
    ] = 15.0

    # -- sites ------------------------------------------------------------------------------------------------------------
    default_time_zone: Annotated[
        str, msgspec.Meta(description="IANA time zone of stations without one of their own: tariffs go by local time.")
    ] = "UTC"


class ClickHouseSettings(Settings, frozen=True, kw_only=True):
    """The settings of services that read or write ClickHouse."""

    clickhouse: Annotated[
        str, msgspec.Meta(description="ClickHouse DSN: http://user:password@host:8123/, or chdb:////absolute/path.")
    ] = "http://127.0.0.1:8123/"
    clickhouse_database: Annotated[
        str,
        msgspec.Meta(
            min_length=1, max_length=64, pattern="^[A-Za-z_][A-Za-z0-9_]*$", description="Database of all tables."
        ),
    ] = "voltbus"
    clickhouse_connections: Annotated[
        int, msgspec.Meta(ge=1, le=64, description="Calls to ClickHouse that one worker runs at once.")
    ] = 4
    clickhouse_waiting: Annotated[
        int, msgspec.Meta(ge=1, description="Calls that may wait for a connection; one more counts as an outage.")
    ] = 256

    clickhouse_timeout_s: Annotated[
        float,
        msgspec.Meta(
            gt=0,
            le=3600,
            description="A call to ClickHouse that takes longer counts as an outage. Below three times session_timeout_s a"
            " sink gives its partitions over in time even while ClickHouse hangs.",
        ),
    ] = 20.0


class TopicsSettings(KafkaAccess, frozen=True, kw_only=True):
    """Settings of `python -m services topics`."""

    gateways: Annotated[
        str, msgspec.Meta(description="Names of all gateways, separated by commas; each has a route of its own.")
    ] = "gw-0"
    partitions: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="Partitions of every keyed topic; the same for all of them.")
    ] = 12
    replication: Annotated[int, msgspec.Meta(ge=1, le=10, description="Copies of every topic.")] = 3
    check: Annotated[Literal["no", "yes"], msgspec.Meta(description="yes: only check, make nothing.")] = "no"


class ReplaySettings(Settings, frozen=True, kw_only=True):
    """Settings of `python -m services replay NAME`: those of the service, which its core needs to decide, and how to replay."""

    from_beginning: Annotated[
        Literal["no", "yes"], msgspec.Meta(description="yes: everything that the topics still hold.")
    ] = "no"
    since: Annotated[
        datetime | None,
        msgspec.Meta(description="Only what Kafka got since this moment (RFC 3339 with offset); projections only."),
    ] = None
    check: Annotated[Literal["no", "yes"], msgspec.Meta(description="yes: only say what would change.")] = "no"
    accept_expired: Annotated[
        Literal["no", "yes"],
        msgspec.Meta(description="yes: rebuild a state although the oldest facts on its topics have expired."),
    ] = "no"
    publish: Annotated[
        Literal["no", "yes"],
        msgspec.Meta(
            description="yes: also say again what only metering and the API hear: sessions, readings, stations."
        ),
    ] = "no"


class MoveSettings(Settings, frozen=True, kw_only=True):
    """Settings of `python -m services move NAME`: those of the service, and where it ran before."""

    was_in: Annotated[
        str, msgspec.Meta(description="The worker in which the service ran until now: a host, or its own name.")
    ] = ""
    check: Annotated[Literal["no", "yes"], msgspec.Meta(description="yes: only say what would move.")] = "no"
