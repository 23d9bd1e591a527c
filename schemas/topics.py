"""The topic catalogue: every Kafka topic, what it carries, how it is keyed and kept. No topic is named anywhere else."""

from collections.abc import Mapping

import msgspec

from schemas.authorization import (
    AuthorizationDecided,
    AuthorizationRequested,
    TokenProvisioned,
    TokenRemoved,
    TokenSessionEnded,
    TokenSessionStarted,
)
from schemas.base import Due, Record
from schemas.billing import CdrIssued
from schemas.campaigns import (
    CampaignBlockFrozen,
    CampaignChanged,
    CampaignRequested,
    CampaignSteered,
    CampaignTargetsFrozen,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
)
from schemas.commands import (
    CommandCancelled,
    CommandDispatched,
    CommandRequested,
    CommandSettled,
    ConnectionSuperseded,
    DeliveryReported,
    StationLocated,
)
from schemas.datatransfer import DataTransferred
from schemas.deadletters import DeadLettered
from schemas.facts import FactReported
from schemas.firmware import (
    FirmwareStatusReported,
    UpdateChanged,
    UpdateExtended,
    UpdateOrdered,
    UpdateWithdrawn,
)
from schemas.frames import FrameLogged
from schemas.stations import (
    BootDecided,
    ConnectorStatusReported,
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
    StationProvisioned,
    StationRemoved,
    StationSeen,
)
from schemas.tariffs import TariffAssigned, TariffProvisioned, TariffRemoved, TariffUnassigned
from schemas.transactions import (
    MeterValueQuarantined,
    MeterValuesRecorded,
    MeterValuesReported,
    SessionChanged,
    TransactionDecided,
    TransactionReported,
)

DAY_S = 86_400
FACTS_KEPT_S = 30 * DAY_S
FRAMES_KEPT_S = 3 * DAY_S
BILLS_KEPT_S = 365 * DAY_S
ROUTES_KEPT_S = 3_600


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic, or a family of topics whose name ends in a member's name (`pattern` shows it in angle brackets).

    `key` names the record's member that is the Kafka key. `partitions` is None where the deployment's count applies: all
    such topics have the same count, so that equal keys meet in one worker. Kept for `retention_s`, or compacted (None).
    """

    name: str
    meaning: str
    records: tuple[type[Record], ...]
    key: str = "station"
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    retention_s: int | None = FACTS_KEPT_S
    partitions: int | None = None

    @property
    def compacted(self) -> bool:
        """Only the newest record of a key is kept."""
        return self.retention_s is None


STATIONS = Topic(
    name="csms.stations",
    meaning="Connections, boots and connector statuses of stations.",
    records=(StationConnected, StationDisconnected, StationSeen, StationBooted, ConnectorStatusReported),
    writers=("gateway",),
    readers=("stations", "metering"),
)
STATION_STATES = Topic(
    name="csms.station-states",
    meaning="Each station as a whole, after every change.",
    records=(StationChanged,),
    writers=("stations",),
    readers=("firmware", "metering", "api"),
    retention_s=None,
)
REF_STATIONS = Topic(
    name="csms.ref.stations",
    meaning="Reference data: stations as operators provision them.",
    records=(StationProvisioned, StationRemoved),
    writers=("api",),
    readers=("gateway", "stations", "billing", "metering", "api"),
    retention_s=None,
)
REF_TOKENS = Topic(
    name="csms.ref.tokens",
    meaning="Reference data: tokens as operators provision them.",
    records=(TokenProvisioned, TokenRemoved),
    key="token",
    writers=("api",),
    readers=("authorization", "api"),
    retention_s=None,
)
REF_TARIFFS = Topic(
    name="csms.ref.tariffs",
    meaning="Reference data: tariffs with their versions, as operators provision them.",
    records=(TariffProvisioned, TariffRemoved),
    key="tariff",
    writers=("api",),
    readers=("billing", "api"),
    retention_s=None,
)
REF_TARIFF_ASSIGNMENTS = Topic(
    name="csms.ref.tariff-assignments",
    meaning="Reference data: which tariffs hold for which token, connector, station, site, and for all others.",
    records=(TariffAssigned, TariffUnassigned),
    key="target",
    writers=("api",),
    readers=("billing", "api"),
    retention_s=None,
)
AUTHORIZATIONS = Topic(
    name="csms.authorizations",
    meaning="Who asks to charge, and which sessions run on a token.",
    records=(AuthorizationRequested, TokenSessionStarted, TokenSessionEnded),
    key="token",
    writers=("gateway", "transactions"),
    readers=("authorization", "metering"),
)
TRANSACTIONS = Topic(
    name="csms.transactions",
    meaning="What stations say of transactions, in 2.x vocabulary.",
    records=(TransactionReported, MeterValuesReported),
    writers=("gateway",),
    readers=("transactions",),
)
SESSIONS = Topic(
    name="csms.sessions",
    meaning="Each charging session as a whole, after every change.",
    records=(SessionChanged,),
    writers=("transactions",),
    readers=("billing", "firmware", "metering", "api"),
)
METER_VALUES = Topic(
    name="csms.meter-values",
    meaning="Normalised meter readings, by session where one is known.",
    records=(MeterValuesRecorded,),
    writers=("transactions",),
    readers=("billing", "metering"),
)
CDRS = Topic(
    name="csms.cdrs",
    meaning="Charge detail records: what each session cost, its corrections, and their credits.",
    records=(CdrIssued,),
    writers=("billing",),
    readers=("billing", "metering"),
    retention_s=BILLS_KEPT_S,
)
QUARANTINE = Topic(
    name="csms.quarantine",
    meaning="Meter values that cannot be believed, with the reason.",
    records=(MeterValueQuarantined,),
    writers=("transactions",),
    readers=("metering",),
)
DATA_TRANSFERS = Topic(
    name="csms.data-transfers",
    meaning="Vendor data from stations.",
    records=(DataTransferred,),
    writers=("gateway",),
    readers=("metering",),
)
LOCATIONS = Topic(
    name="csms.locations",
    meaning="Which gateway holds which station, with the connection's epoch.",
    records=(StationLocated,),
    writers=("gateway",),
    readers=("commands", "gateway"),
    retention_s=None,
)
COMMANDS = Topic(
    name="csms.commands",
    meaning="What operators and services ask of stations.",
    records=(CommandRequested, CommandCancelled),
    writers=("api", "billing", "firmware"),
    readers=("commands", "metering", "api"),
)
DELIVERIES = Topic(
    name="csms.deliveries",
    meaning="What became of each dispatched command at the gateway.",
    records=(DeliveryReported,),
    writers=("gateway",),
    readers=("commands",),
)
OUTCOMES = Topic(
    name="csms.outcomes",
    meaning="The one outcome of each command.",
    records=(CommandSettled,),
    writers=("commands",),
    readers=("billing", "firmware", "metering", "api"),
)
FRAMES = Topic(
    name="csms.frames",
    meaning="Every frame of every station, both ways: the OCPP log.",
    records=(FrameLogged,),
    writers=("gateway",),
    readers=("metering",),
    retention_s=FRAMES_KEPT_S,
)
FIRMWARE = Topic(
    name="csms.firmware",
    meaning="Firmware update progress, and what local controllers tell of firmware they publish.",
    records=(FirmwareStatusReported, FactReported),
    writers=("gateway",),
    readers=("firmware", "metering"),
)
FIRMWARE_CAMPAIGNS = Topic(
    name="csms.firmware-campaigns",
    meaning="Firmware campaigns: what operators ask, the frozen lists in blocks, and whose turn it is.",
    records=(
        CampaignRequested,
        CampaignTargetsFrozen,
        CampaignSteered,
        CampaignBlockFrozen,
        StationsReleased,
        StationsWithdrawn,
        StationsExtended,
    ),
    key="key",
    writers=("api", "firmware-campaigns"),
    readers=("firmware-campaigns", "metering"),
)
FIRMWARE_ORDERS = Topic(
    name="csms.firmware-orders",
    meaning="What a campaign orders of one station's update.",
    records=(UpdateOrdered, UpdateWithdrawn, UpdateExtended),
    writers=("firmware-campaigns",),
    readers=("firmware",),
)
FIRMWARE_UPDATES = Topic(
    name="csms.firmware-updates",
    meaning="Each change of a station's update.",
    records=(UpdateChanged,),
    key="campaign",
    writers=("firmware",),
    readers=("firmware-campaigns", "metering"),
)
FIRMWARE_CAMPAIGN_STATES = Topic(
    name="csms.firmware-campaign-states",
    meaning="Each firmware campaign as a whole, after a change.",
    records=(CampaignChanged,),
    key="campaign",
    writers=("firmware-campaigns",),
    readers=("metering", "api"),
    retention_s=None,
)
GATEWAY = Topic(
    name="csms.gateway.<gateway>",
    meaning="The route to one gateway: decisions and commands for the stations it holds.",
    records=(BootDecided, AuthorizationDecided, TransactionDecided, CommandDispatched, ConnectionSuperseded),
    writers=("stations", "authorization", "transactions", "billing", "commands"),
    readers=("gateway",),
    retention_s=ROUTES_KEPT_S,
    partitions=1,
)
DUE = Topic(
    name="csms.due.<service>",
    meaning="Time as a record: a service's own clock, per key.",
    records=(Due,),
    key="key",
    writers=("services",),
    readers=("services",),
    retention_s=DAY_S,
)
STATE = Topic(
    name="csms.state.<service>",
    meaning="The changelog of a service's state, per key (the persisted types of the service's noun).",
    records=(),
    key="key",
    writers=("services",),
    readers=("services",),
    retention_s=None,
)
DEAD = Topic(
    name="csms.dead.<topic>",
    meaning="Records that a service could not read or apply, with the reason.",
    records=(DeadLettered,),
    key="key",
    writers=("services",),
    readers=("metering",),
)

FACT_NOUNS: Mapping[str, str] = {
    "certificates": "Certificate and contract requests of stations.",
    "customers": "Customer information reports.",
    "der": "Distributed energy resource alarms and reports.",
    "devicemodel": "Variables, monitors and events of the device model.",
    "diagnostics": "Log and diagnostics upload progress.",
    "displays": "Display messages reported by stations.",
    "energy": "Charging profiles, limits and needs reported by stations.",
    "payments": "Settlements and payment facts.",
    "reservations": "Reservation progress.",
    "security": "Security events.",
    "tariffs": "Tariff and cost facts.",
    "batteries": "Battery swaps.",
}
"""Nouns whose messages are kept as facts, each on `csms.<noun>`, and what each carries."""

FACTS: tuple[Topic, ...] = tuple(
    Topic(
        name=f"csms.{noun}",
        meaning=f"{meaning} Kept as they came.",
        records=(FactReported,),
        writers=("gateway",),
        readers=("metering",),
    )
    for noun, meaning in FACT_NOUNS.items()
)

FACT_TOPICS: Mapping[str, Topic] = {"firmware": FIRMWARE} | dict(zip(FACT_NOUNS, FACTS, strict=True))
"""The topic that keeps each noun's facts."""

CATALOGUE: tuple[Topic, ...] = (
    STATIONS,
    STATION_STATES,
    REF_STATIONS,
    REF_TOKENS,
    REF_TARIFFS,
    REF_TARIFF_ASSIGNMENTS,
    AUTHORIZATIONS,
    TRANSACTIONS,
    SESSIONS,
    METER_VALUES,
    CDRS,
    QUARANTINE,
    DATA_TRANSFERS,
    LOCATIONS,
    COMMANDS,
    DELIVERIES,
    OUTCOMES,
    FRAMES,
    *FACTS,
    FIRMWARE,
    FIRMWARE_CAMPAIGNS,
    FIRMWARE_ORDERS,
    FIRMWARE_UPDATES,
    FIRMWARE_CAMPAIGN_STATES,
    GATEWAY,
    DUE,
    STATE,
    DEAD,
)

REFERENCE: tuple[Topic, ...] = (REF_STATIONS, REF_TOKENS, REF_TARIFFS, REF_TARIFF_ASSIGNMENTS)
"""Reference data: read whole at start, kept by the embedded default across restarts."""


def gateway_topic(gateway: str) -> str:
    """The name of the route to one gateway."""
    return f"csms.gateway.{gateway}"


def due_topic(service: str) -> str:
    """The name of a service's own clock topic."""
    return f"csms.due.{service}"


def state_topic(service: str) -> str:
    """The name of a service's changelog."""
    return f"csms.state.{service}"


def dead_topic(topic: str) -> str:
    """The name of the dead-letter topic of a topic; one that is a dead-letter topic keeps its own."""
    if topic.startswith("csms.dead."):
        return topic
    return f"csms.dead.{topic.removeprefix('csms.')}"
