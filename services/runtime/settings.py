"""Settings of all services: one frozen struct; each service adds its own fields under its own comment. PURE."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from schemas.kafkaaccess import KafkaAccess


class Settings(KafkaAccess, frozen=True, kw_only=True):
    """Every setting of `python -m services`, with its meaning; `--help` prints them."""

    # -- the bus --------------------------------------------------------------------------------------------------
    bus: Annotated[
        Literal["kafka", "embedded"],
        msgspec.Meta(description="kafka: a real cluster with its topics made; embedded: librdkafka's mock cluster."),
    ] = "kafka"

    # -- watching -------------------------------------------------------------------------------------------------
    metrics_port: Annotated[
        int, msgspec.Meta(ge=0, le=65535, description="Port of /metrics, /health/live and /health/ready; 0 for none.")
    ] = 9102
    metrics_host: Annotated[str, msgspec.Meta(description="Address of the metrics listener.")] = "127.0.0.1"

    library_log: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        msgspec.Meta(description="What aiokafka and faust may log; they repeat every attempt during an outage."),
    ] = "CRITICAL"

    # -- runtime --------------------------------------------------------------------------------------------------
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

    # -- ClickHouse -----------------------------------------------------------------------------------------------
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

    # -- metering -------------------------------------------------------------------------------------------------
    metering_batch_records: Annotated[
        int, msgspec.Meta(ge=1, le=100_000, description="Most records of one batch into ClickHouse.")
    ] = 20_000
    metering_batch_wait_ms: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=10_000,
            description="How long a batch into ClickHouse gathers. Up to so many times as long where inserts take long: 2 for"
            " sessions, bills, commands and stations, 4 for readings and firmware, 8 for frames and facts.",
        ),
    ] = 500

    # -- api ------------------------------------------------------------------------------------------------------
    host: Annotated[str, msgspec.Meta(description="Address the API and the console listen on.")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535, description="Port of the API and the console.")] = 8080
    api_key: Annotated[str, msgspec.Meta(description="The operator's key, 16 characters or more.")] = ""
    api_key_file: Annotated[str, msgspec.Meta(description="File with the operator's key, where api_key is empty.")] = ""
    api_login_s: Annotated[int, msgspec.Meta(ge=60, description="How long a login to the console lasts.")] = 43_200
    api_secure_cookie: Annotated[
        bool, msgspec.Meta(description="Send the console's cookie over https only; true behind a TLS proxy.")
    ] = False
    api_body_limit: Annotated[
        int,
        msgspec.Meta(
            ge=1024, description="Largest request body in bytes; a request to 10,000 stations has half a million."
        ),
    ] = 1_048_576
    api_publish_timeout_s: Annotated[
        float, msgspec.Meta(gt=0, description="How long a request waits for Kafka before it is answered 503.")
    ] = 5.0
    api_wait_limit_s: Annotated[
        float, msgspec.Meta(gt=0, le=600, description="Longest `wait_s` that a caller may ask for.")
    ] = 60.0
    api_waiting_commands: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="Commands whose outcomes requests may wait for; a request for more is answered `pending` at once."
            " One request may be to 10,000 stations.",
        ),
    ] = 30_000
    api_recent_commands: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="Commands remembered in memory, for answers before ClickHouse has them (1 to 2 KB each)."
            " One request may be to 10,000 stations.",
        ),
    ] = 30_000
    api_sse_clients: Annotated[int, msgspec.Meta(ge=1, description="Clients that may follow events at once.")] = 500
    api_sse_queue: Annotated[
        int, msgspec.Meta(ge=1, description="Events that wait for one slow client before it is told that it lagged.")
    ] = 1_000
    api_sse_keepalive_s: Annotated[
        float, msgspec.Meta(gt=0, description="A quiet event stream says so after this long.")
    ] = 15.0

    # -- stations -------------------------------------------------------------------------------------------------
    stations_unknown: Annotated[
        Literal["accept", "park", "refuse"],
        msgspec.Meta(description="Boots of stations nobody provisioned: Accepted, Pending, or Rejected."),
    ] = "park"
    heartbeat_interval_s: Annotated[
        int, msgspec.Meta(ge=1, description="Heartbeat interval of accepted stations without one of their own.")
    ] = 300
    boot_retry_interval_s: Annotated[
        int, msgspec.Meta(ge=1, description="How long a pending or rejected station waits before it boots again.")
    ] = 60

    # -- authorization --------------------------------------------------------------------------------------------
    tokens_unknown: Annotated[
        Literal["accept", "reject"],
        msgspec.Meta(description="Tokens nobody provisioned: charge on any of them, or Invalid."),
    ] = "reject"

    # -- billing --------------------------------------------------------------------------------------------------
    default_time_zone: Annotated[
        str, msgspec.Meta(description="IANA time zone of stations without one of their own: tariffs go by local time.")
    ] = "UTC"
    cost_update_s: Annotated[
        int,
        msgspec.Meta(
            ge=0, le=86_400, description="Tell 2.x stations the running cost of a session every so often; 0: never."
        ),
    ] = 0
    answer_total_cost: Annotated[
        bool,
        msgspec.Meta(description="Say the cost in answers to TransactionEvent: billing gives those without a token."),
    ] = False

    # -- commands -------------------------------------------------------------------------------------------------
    commands_queue_limit: Annotated[
        int, msgspec.Meta(ge=1, le=1000, description="Commands that may wait for one station; the next is rejected.")
    ] = 50
    commands_queue_bytes: Annotated[
        int, msgspec.Meta(ge=1, le=800_000, description="Bytes of commands that may wait for one station.")
    ] = 600_000


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
    """Settings of `python -m services replay NAME`: those of the service, for its core decides by them, and how to replay."""

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
