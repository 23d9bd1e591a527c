"""Settings of the gateway process: one frozen struct, each member with its meaning."""

from typing import Annotated, Literal

from msgspec import Meta

from gateway.admission import BasicUser, CredentialNeeded, Policy
from gateway.effects import Limits
from gateway.late import LatePolicy, LateStarts, site_policies
from gateway.tls.settings import TlsSettings
from schemas.identityvault import IDENTITIES_KEY_FILE
from schemas.sealing import KEY, KEY_FILE
from schemas.stations import StationsUnknown


class Settings(TlsSettings, frozen=True, kw_only=True):
    """How one gateway process runs."""

    # -- who and where
    gateway: Annotated[
        str,
        Meta(
            description="This gateway's stable name; its route is the topic csms.gateway.<name>.",
            pattern="^[A-Za-z0-9._-]{1,100}$",
        ),
    ] = "gw-0"
    host: Annotated[str, Meta(description="The address to listen on.")] = "0.0.0.0"  # noqa: S104 stations come from everywhere
    port: Annotated[int, Meta(description="The port for stations; 0 takes a free one.", ge=0, le=65535)] = 9000
    metrics_port: Annotated[
        int,
        Meta(description="The port of /metrics, /health/live and /health/ready; 0 takes a free one.", ge=0, le=65535),
    ] = 9100

    secrets_key_file: Annotated[str, Meta(description=KEY_FILE)] = ""
    secrets_key: Annotated[str, Meta(description=KEY)] = ""
    identities_key_file: Annotated[str, Meta(description=IDENTITIES_KEY_FILE)] = ""

    # -- Kafka
    bus: Annotated[
        Literal["kafka", "embedded"],
        Meta(description="kafka, or embedded: librdkafka's mock cluster, which forgets when it stops."),
    ] = "kafka"
    kafka_start_timeout_s: Annotated[
        float, Meta(description="How long a start waits for Kafka before it fails.", gt=0)
    ] = 30.0
    linger_ms: Annotated[
        float,
        Meta(description="Sends to Kafka leave so far apart: under load, each brings more records.", ge=0, le=100),
    ] = 5.0
    batch_bytes: Annotated[int, Meta(description="The largest batch for one partition.", ge=16_384)] = 262_144
    max_record_bytes: Annotated[
        int,
        Meta(
            description="A larger record is never stored: its CALL gets a CALLERROR. Below Kafka's message.max.bytes.",
            ge=1024,
        ),
    ] = 1_000_000
    inflight_records: Annotated[
        int,
        Meta(description="Records on their way to Kafka; beyond it connections that bring facts are not read.", ge=1),
    ] = 20_000
    inflight_bytes: Annotated[int, Meta(description="The same in bytes.", ge=1)] = 67_108_864
    unacknowledged_after_s: Annotated[
        float, Meta(description="Not ready once Kafka has acknowledged nothing for so long while records wait.", gt=0)
    ] = 5.0

    # -- the OCPP log
    log_frames: Annotated[bool, Meta(description="Every frame, both ways, onto csms.frames.")] = True
    frame_linger_ms: Annotated[
        float, Meta(description="How long frame logs are gathered before they are sent to Kafka.", ge=0, le=10_000)
    ] = 100.0
    frame_backlog: Annotated[
        int,
        Meta(
            description=(
                "Frame logs on their way to Kafka; beyond it they are dropped and counted, for the log never "
                "holds up a station. Facts are never dropped."
            ),
            ge=1,
        ),
    ] = 20_000

    # -- admission
    stations_unknown: Annotated[
        StationsUnknown,
        Meta(description="Stations nobody provisioned: accept, park (let in; the boot stays pending) or refuse (404)."),
    ] = "park"
    stations_unknown_certified: Annotated[
        StationsUnknown | Literal[""],
        Meta(
            description="The same for those of them that show a client certificate of an authority in tls_client_ca (security profile 3)."
            " Empty: as stations_unknown."
        ),
    ] = ""
    basic_user: Annotated[
        BasicUser,
        Meta(
            description=(
                "strict: the Basic user name must be the station id (A00.FR.204), in any case of letters. lenient: only "
                "the password counts; it is checked against the station of the path either way."
            )
        ),
    ] = "strict"
    credential_needed: Annotated[
        CredentialNeeded,
        Meta(
            description=(
                "Who may not connect without a credential: none, provisioned (every provisioned station, also one "
                "without a password) or always (unknown ones too). A station's own policy goes before."
            )
        ),
    ] = "none"
    credential_sites: Annotated[
        str, Meta(description="Sites, separated by commas, none of whose stations may connect without a credential.")
    ] = ""
    replacements: Annotated[
        int,
        Meta(description="Connections of one station that may replace each other at once; then they are slowed.", ge=1),
    ] = 5
    replacement_s: Annotated[
        float, Meta(description="Then one more may replace another every so often; before that it gets 503.", gt=0)
    ] = 5.0
    parked_stations: Annotated[
        int,
        Meta(
            description=(
                "Stations nobody provisioned that may have come where they are parked; a new one gets 503 then. Each costs "
                "some 23 KB of the services' memory."
            ),
            ge=0,
        ),
    ] = 1_000
    parked_stations_per_minute: Annotated[
        int, Meta(description="How many new ones may come in a minute where they are parked.", ge=1)
    ] = 120
    accepted_stations: Annotated[
        int, Meta(description="Stations nobody provisioned that may have come where they are accepted.", ge=0)
    ] = 200_000
    wrong_passwords_per_s: Annotated[
        int,
        Meta(
            description=(
                "Wrong passwords of one address that are looked at in a second; beyond it only passwords that were right "
                "before open, others get 503. A wrong one costs a millisecond or two."
            ),
            ge=1,
        ),
    ] = 20
    verified_passwords: Annotated[
        int, Meta(description="Stations whose right password is remembered (as a keyed digest).", ge=1)
    ] = 50_000
    max_connections: Annotated[
        int, Meta(description="Connections of this process; beyond it a handshake gets 503.", ge=1)
    ] = 20_000

    # -- one connection
    max_frame_bytes: Annotated[int, Meta(description="A longer message closes the connection with 1009.", ge=1024)] = (
        524_288
    )
    unanswered_calls: Annotated[
        int,
        Meta(
            description="CALLs of one station that may wait for their answer; beyond it the connection is not read.",
            ge=1,
        ),
    ] = 32
    queued_commands: Annotated[
        int, Meta(description="Commands that wait behind the one in flight; beyond it they go back as busy.", ge=0)
    ] = 8
    remembered_dispatches: Annotated[
        int,
        Meta(description="Reports remembered per connection, so that a repeated dispatch repeats its report.", ge=1),
    ] = 16
    decision_s: Annotated[
        float, Meta(description="How long a service may take for a decision before the fallback is said.", gt=0)
    ] = 10.0
    boot_grace_s: Annotated[
        float,
        Meta(
            description=(
                "How long commands wait on a new connection whose station has not spoken, for it may be about to boot; "
                "then they wait for the answer to its boot."
            ),
            ge=0,
        ),
    ] = 1.0
    late_start: Annotated[
        LatePolicy,
        Meta(
            description=(
                "What a start is told whose decision does not come in time. known: Accepted for tokens lately accepted "
                "here, else Invalid; accept: Accepted; reject: Invalid."
            )
        ),
    ] = "known"
    late_start_sites: Annotated[
        str, Meta(description="The same for single sites, by their names: `berlin=accept, oslo=reject`.")
    ] = ""
    late_start_tokens: Annotated[
        int, Meta(description="Tokens lately accepted here that are remembered for late_start.", ge=1)
    ] = 50_000
    seen_interval_s: Annotated[
        float, Meta(description="A sign of life of a connected station goes to csms.stations at most so often.", gt=0)
    ] = 300.0
    ping_interval_s: Annotated[float, Meta(description="A ping goes out so often.", gt=0)] = 45.0
    ping_timeout_s: Annotated[
        float, Meta(description="A station that is silent for so long after a ping is cut off.", gt=0)
    ] = 20.0
    no_pong_silence_s: Annotated[
        float,
        Meta(
            description=(
                "A station that is known to answer no ping (compatibility matrix) is cut off after so long a silence."
            ),
            gt=0,
        ),
    ] = 900.0
    open_timeout_s: Annotated[float, Meta(description="How long a handshake may take.", gt=0)] = 20.0
    close_timeout_s: Annotated[float, Meta(description="How long a station may take to answer a close.", gt=0)] = 5.0
    write_buffer_bytes: Annotated[
        int, Meta(description="Unsent bytes beyond which a connection is not read.", ge=1024)
    ] = 65_536

    # -- stopping
    settle_s: Annotated[float, Meta(description="At a stop: how long what is in flight may take to settle.", ge=0)] = (
        10.0
    )
    drain_window_s: Annotated[
        float,
        Meta(
            description=(
                "At a stop: connections are closed (1012) at random moments within this time, so that they do "
                "not all come back at once."
            ),
            ge=0,
        ),
    ] = 5.0

    def late_starts(self) -> LateStarts:
        """The answers to late starts. Raises BadSetting for site policies that cannot be parsed."""
        return LateStarts(self.late_start, site_policies(self.late_start_sites), limit=self.late_start_tokens)

    def limits(self) -> Limits:
        """The bounds of every session."""
        return Limits(
            unanswered_calls=self.unanswered_calls,
            queued_commands=self.queued_commands,
            remembered_dispatches=self.remembered_dispatches,
            decision_s=self.decision_s,
            seen_interval_s=self.seen_interval_s,
            boot_grace_s=self.boot_grace_s,
        )

    def policy(self) -> Policy:
        """The admission policy."""
        return Policy(
            stations_unknown=self.stations_unknown,
            unknown_certified=self.stations_unknown_certified or None,
            basic_user=self.basic_user,
            credential_needed=self.credential_needed,
            credential_sites=frozenset(filter(None, map(str.strip, self.credential_sites.split(",")))),
            demands=self.demands(),
        )
