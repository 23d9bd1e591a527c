"""Flows: which topics the gateway and each service read and write, one row each. PURE.

Decision: this table is the one place where a reader or a writer is typed. The services take their inputs and references from it
(`flow("billing").reads`), and the pages of the topics, the topics that a rebuild may write to again and those the gateway needs
are derived from it. It stands apart from the nouns because most services also read or write the topics of another noun, which
would make their modules import each other. `tests/schemas/test_flows.py` compares it with the inputs of each service, the feeds of
ClickHouse's tables, the topics that the API follows, and the records that each of them makes.
"""

import msgspec

from schemas.audit import AUDIT
from schemas.authorities import AUTHORITIES, OCSP_ANSWERS, REVOCATION_LISTS
from schemas.authorization import AUTHORIZATIONS, CONTRACTS, DECISIONS, REF_TOKENS
from schemas.batteries import BATTERIES, BATTERY_SLOTS, BATTERY_SWAPS
from schemas.billing import CDRS
from schemas.boottemplates import BOOT_RUN_ORDERS, BOOT_RUNS, REF_BOOT_TEMPLATES
from schemas.campaigns import FIRMWARE_CAMPAIGN_STATES, FIRMWARE_CAMPAIGNS
from schemas.certificates import CERTIFICATE_STATES, CERTIFICATES
from schemas.chargingprofiles import CHARGING_PROFILE_STATES, ENERGY
from schemas.commands import COMMANDS, CREDENTIALS, DELIVERIES, LOCATIONS, OUTCOMES
from schemas.compatibility import REF_COMPATIBILITY
from schemas.contracts import REF_CONTRACT_ROOTS
from schemas.credits import TOKEN_CREDITS
from schemas.customers import CUSTOMERS
from schemas.datatransfer import DATA_TRANSFERS
from schemas.deadletters import DEAD
from schemas.demandresponse import DEMAND_EVENT_ORDERS, DEMAND_EVENTS, DEMAND_STATION_ORDERS, DEMAND_STATIONS
from schemas.der import DER, DER_STATES
from schemas.deviations import DEVIATIONS
from schemas.devicemodel import DEVICEMODEL, VARIABLES
from schemas.diagnostics import DIAGNOSTICS, LOG_FILES, LOG_STATES
from schemas.displays import DISPLAY_STATES, DISPLAYS
from schemas.energy import REF_SITES, SITE_FACTS, SITE_STATES
from schemas.facts import FACTS
from schemas.firmware import FIRMWARE, FIRMWARE_ORDERS, FIRMWARE_UPDATES
from schemas.frames import FRAMES
from schemas.identities import REF_IDENTITIES
from schemas.iso15118 import ISO15118_ANSWERS, ISO15118_REQUESTS
from schemas.limits import STATION_LIMITS
from schemas.locallists import LOCAL_LIST_ORDERS, LOCAL_LIST_STATES, REF_LOCAL_LISTS
from schemas.logins import LOGINS
from schemas.monitoring import MONITORING
from schemas.operators import API_KEY_USES
from schemas.payments import PAYMENT_STATES, PAYMENTS
from schemas.provisioning import PROVISIONING, PROVISIONING_OUTCOMES, REFERENCE
from schemas.quarantine import QUARANTINE
from schemas.reports import REPORT_STATES
from schemas.reservations import RESERVATION_STATES, RESERVATIONS
from schemas.revocations import REF_REVOCATIONS
from schemas.security import SECURITY
from schemas.securityoperations import (
    SECURITY_BATCH_ORDERS,
    SECURITY_BATCHES,
    SECURITY_OPERATION_ORDERS,
    SECURITY_OPERATIONS,
)
from schemas.sessionlimits import SESSION_COSTS, SESSION_LIMITS
from schemas.sessionorders import SESSION_ORDERS
from schemas.signing import CERTIFICATE_ORDERS, CERTIFICATE_RESULTS, ISSUED_CERTIFICATES
from schemas.stations import ADMISSIONS, REF_STATIONS, STATION_STATES, STATIONS
from schemas.stationtariffs import STATION_TARIFF_STATES
from schemas.tariffs import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS
from schemas.tenants import REF_TENANTS
from schemas.topic import Topic
from schemas.topics import DUE, GATEWAY, PARTED, STATE
from schemas.transactions import METER_VALUES, SESSIONS, TRANSACTIONS
from schemas.vendors import REF_VENDORS
from schemas.webhooks import REF_WEBHOOKS, WEBHOOK_DELIVERIES, WEBHOOK_ORDERS


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """The topics that one participant reads and writes.

    The partitions of `reads` are distributed among the members of its consumer group; each member reads all of `references`.
    """

    name: str
    reads: tuple[Topic, ...] = ()
    references: tuple[Topic, ...] = ()
    writes: tuple[Topic, ...]

    def takes(self, topic: Topic) -> bool:
        """Whether it reads the topic, in either way."""
        return topic in self.reads or topic in self.references


FLOWS: tuple[Flow, ...] = (
    Flow(
        name="gateway",
        references=(
            *(REF_STATIONS, ADMISSIONS, REF_COMPATIBILITY, REF_VENDORS, REF_REVOCATIONS, REF_IDENTITIES),
            *(REF_TENANTS, CREDENTIALS, LOCATIONS, GATEWAY),
        ),
        writes=(
            *(STATIONS, AUTHORIZATIONS, CONTRACTS, TRANSACTIONS, DATA_TRANSFERS, FIRMWARE, RESERVATIONS, DEVICEMODEL),
            *(DIAGNOSTICS, DISPLAYS, CUSTOMERS, *FACTS),
            *(ENERGY, MONITORING, SECURITY, CERTIFICATES),
            *(ENERGY, MONITORING, SECURITY, PAYMENTS),
            DER,
            BATTERIES,
            *(LOCATIONS, DELIVERIES, FRAMES, QUARANTINE, DEVIATIONS, REF_IDENTITIES),
            ISO15118_REQUESTS,
            *(LOCATIONS, DELIVERIES, FRAMES, QUARANTINE, DEVIATIONS),
        ),
    ),
    Flow(
        name="stations",
        reads=(STATIONS, REF_STATIONS, CREDENTIALS),
        writes=(STATION_STATES, ADMISSIONS, GATEWAY, MONITORING),
    ),
    Flow(
        name="authorization",
        reads=(AUTHORIZATIONS, REF_TOKENS),
        references=(REF_STATIONS, REF_TARIFFS, REF_TARIFF_ASSIGNMENTS),
        writes=(DECISIONS, TOKEN_CREDITS, GATEWAY),
    ),
    Flow(
        name="transactions",
        reads=(TRANSACTIONS, STATIONS, COMMANDS, OUTCOMES, DECISIONS, SESSION_ORDERS, STATION_LIMITS),
        writes=(SESSIONS, METER_VALUES, AUTHORIZATIONS, QUARANTINE, COMMANDS, GATEWAY),
    ),
    Flow(
        name="billing",
        reads=(SESSIONS, METER_VALUES, CDRS, OUTCOMES),
        references=(REF_STATIONS, REF_TARIFFS, REF_TARIFF_ASSIGNMENTS),
        writes=(CDRS, SESSION_COSTS, QUARANTINE, COMMANDS, GATEWAY),
    ),
    Flow(
        name="sessionlimits",
        reads=(SESSIONS, SESSION_COSTS, CDRS, OUTCOMES),
        writes=(SESSION_LIMITS, AUTHORIZATIONS, COMMANDS),
    ),
    Flow(
        name="commands",
        reads=(COMMANDS, DELIVERIES, LOCATIONS, STATION_LIMITS),
        writes=(OUTCOMES, CREDENTIALS, GATEWAY),
    ),
    Flow(
        name="firmware",
        reads=(FIRMWARE, FIRMWARE_ORDERS, OUTCOMES, SESSIONS, STATION_STATES),
        writes=(FIRMWARE_UPDATES, COMMANDS),
    ),
    Flow(
        name="firmware-campaigns",
        reads=(FIRMWARE_CAMPAIGNS, FIRMWARE_UPDATES),
        writes=(FIRMWARE_CAMPAIGNS, FIRMWARE_ORDERS, FIRMWARE_CAMPAIGN_STATES),
    ),
    Flow(
        name="reservations",
        reads=(COMMANDS, OUTCOMES, SESSIONS, RESERVATIONS),
        writes=(RESERVATION_STATES,),
    ),
    Flow(
        name="reports",
        reads=(COMMANDS, OUTCOMES, *PARTED),
        writes=(REPORT_STATES,),
    ),
    Flow(
        name="locallists",
        reads=(REF_LOCAL_LISTS, LOCAL_LIST_ORDERS, OUTCOMES, STATION_STATES, VARIABLES),
        references=(REF_TOKENS,),
        writes=(LOCAL_LIST_STATES, COMMANDS),
    ),
    Flow(
        name="boottemplates",
        reads=(STATION_STATES, OUTCOMES, BOOT_RUN_ORDERS),
        references=(REF_BOOT_TEMPLATES,),
        writes=(BOOT_RUNS, COMMANDS),
    ),
    Flow(
        name="securityoperations",
        reads=(
            *(SECURITY_OPERATION_ORDERS, STATION_STATES, OUTCOMES, VARIABLES),
            *(CERTIFICATE_STATES, ISSUED_CERTIFICATES),
        ),
        references=(SECURITY_BATCHES,),
        writes=(SECURITY_OPERATIONS, SECURITY_OPERATION_ORDERS, SECURITY_BATCH_ORDERS, COMMANDS),
    ),
    Flow(
        name="securitybatches",
        reads=(SECURITY_BATCH_ORDERS,),
        writes=(SECURITY_BATCHES,),
    ),
    Flow(
        name="devicemodel",
        reads=(COMMANDS, OUTCOMES, DEVICEMODEL),
        writes=(VARIABLES, STATION_LIMITS),
    ),
    Flow(
        name="diagnostics",
        reads=(COMMANDS, OUTCOMES, DIAGNOSTICS, LOG_FILES),
        writes=(LOG_STATES,),
    ),
    Flow(
        name="displays",
        reads=(COMMANDS, OUTCOMES, SESSIONS, DISPLAYS),
        writes=(DISPLAY_STATES,),
    ),
    Flow(
        name="stationtariffs",
        reads=(OUTCOMES, STATION_STATES, VARIABLES),
        references=(REF_TARIFFS, REF_TARIFF_ASSIGNMENTS),
        writes=(STATION_TARIFF_STATES, COMMANDS),
    ),
    Flow(
        name="payments",
        reads=(COMMANDS, OUTCOMES, SESSIONS, PAYMENTS),
        writes=(PAYMENT_STATES, GATEWAY),
    ),
    Flow(
        name="chargingprofiles",
        reads=(COMMANDS, OUTCOMES, SESSIONS, ENERGY, LOCATIONS, STATION_LIMITS),
        references=(REF_STATIONS,),
        writes=(CHARGING_PROFILE_STATES, COMMANDS, GATEWAY),
    ),
    Flow(
        name="energy",
        reads=(SITE_FACTS,),
        references=(REF_SITES,),
        writes=(SITE_STATES, COMMANDS),
    ),
    Flow(
        name="transactionstatus",
        reads=(SESSIONS, STATION_STATES, OUTCOMES),
        writes=(COMMANDS,),
    ),
    Flow(
        name="sitesensing",
        reads=(STATION_STATES, SESSIONS, METER_VALUES, STATION_LIMITS, ENERGY, OUTCOMES),
        references=(REF_SITES,),
        writes=(SITE_FACTS,),
    ),
    Flow(
        name="certificates",
        reads=(COMMANDS, OUTCOMES),
        writes=(CERTIFICATE_STATES,),
    ),
    Flow(
        name="certificate-signing",
        reads=(CERTIFICATES, CERTIFICATE_RESULTS, OUTCOMES, SECURITY),
        references=(AUTHORITIES, REF_REVOCATIONS, REF_STATIONS),
        writes=(ISSUED_CERTIFICATES, CERTIFICATE_ORDERS, COMMANDS, GATEWAY),
    ),
    Flow(
        name="iso15118",
        reads=(ISO15118_REQUESTS, CONTRACTS),
        references=(REF_CONTRACT_ROOTS, REF_REVOCATIONS, REF_IDENTITIES, AUTHORITIES),
        writes=(ISO15118_ANSWERS, AUTHORIZATIONS, GATEWAY),
    ),
    Flow(
        name="authorities",
        reads=(CERTIFICATE_ORDERS,),
        references=(REF_REVOCATIONS, OCSP_ANSWERS),
        writes=(CERTIFICATE_RESULTS, AUTHORITIES, REVOCATION_LISTS, OCSP_ANSWERS),
    ),
    Flow(
        name="der",
        reads=(COMMANDS, OUTCOMES, DER),
        writes=(DER_STATES,),
    ),
    Flow(
        name="demandresponse",
        reads=(DEMAND_STATION_ORDERS, STATION_STATES, STATION_LIMITS, OUTCOMES),
        references=(DEMAND_EVENTS,),
        writes=(DEMAND_STATIONS, COMMANDS),
    ),
    Flow(
        name="demandevents",
        reads=(DEMAND_EVENT_ORDERS,),
        writes=(DEMAND_EVENTS,),
    ),
    Flow(
        name="openadr",
        writes=(),
    ),
    Flow(
        name="batteries",
        reads=(COMMANDS, OUTCOMES, BATTERIES),
        writes=(BATTERY_SWAPS, BATTERY_SLOTS),
    ),
    Flow(
        name="metering",
        reads=(
            *(STATIONS, STATION_STATES, SESSIONS, CDRS, COMMANDS, OUTCOMES, METER_VALUES, FRAMES),
            *(
                AUTHORIZATIONS,
                DECISIONS,
                TOKEN_CREDITS,
                SESSION_ORDERS,
                DATA_TRANSFERS,
                QUARANTINE,
                DEVIATIONS,
                *FACTS,
                FIRMWARE,
            ),
            *(FIRMWARE_CAMPAIGNS, FIRMWARE_UPDATES, FIRMWARE_CAMPAIGN_STATES, RESERVATIONS, RESERVATION_STATES),
            *(REPORT_STATES, LOCAL_LIST_STATES, DEVICEMODEL, VARIABLES, SESSION_LIMITS, DEAD),
            *(DIAGNOSTICS, LOG_STATES, DISPLAYS, DISPLAY_STATES, CUSTOMERS),
            *(ENERGY, CHARGING_PROFILE_STATES, MONITORING, SECURITY, STATION_TARIFF_STATES, WEBHOOK_DELIVERIES),
            *(CERTIFICATES, CERTIFICATE_STATES, ISSUED_CERTIFICATES, BOOT_RUNS, PAYMENTS, PAYMENT_STATES),
            *(CERTIFICATES, CERTIFICATE_STATES, BOOT_RUNS, PAYMENTS, PAYMENT_STATES, SECURITY_OPERATIONS),
            *(DER, DER_STATES, BATTERIES, BATTERY_SWAPS, BATTERY_SLOTS, ISO15118_ANSWERS),
            *(SITE_FACTS, SITE_STATES),
            *(DEMAND_EVENTS, DEMAND_STATIONS),
            AUDIT,
        ),
        writes=(),
    ),
    Flow(
        name="api",
        references=(
            *(SESSIONS, COMMANDS, OUTCOMES, PROVISIONING_OUTCOMES, LOGINS),
            *(*REFERENCE, STATION_STATES, FIRMWARE_CAMPAIGN_STATES, RESERVATION_STATES, REPORT_STATES),
            *(LOCAL_LIST_STATES, LOG_STATES, DISPLAY_STATES, VARIABLES),
            *(CHARGING_PROFILE_STATES, STATION_TARIFF_STATES, TOKEN_CREDITS, SESSION_LIMITS, PAYMENT_STATES),
            *(CERTIFICATE_STATES, BOOT_RUNS, DER_STATES, BATTERY_SWAPS, API_KEY_USES),
            *(
                CERTIFICATE_STATES,
                ISSUED_CERTIFICATES,
                AUTHORITIES,
                REVOCATION_LISTS,
                OCSP_ANSWERS,
                BOOT_RUNS,
                DER_STATES,
                BATTERY_SWAPS,
            ),
            *(CERTIFICATE_STATES, BOOT_RUNS, DER_STATES, BATTERY_SWAPS, SECURITY_OPERATIONS, SECURITY_BATCHES),
            ISO15118_ANSWERS,
            *(DEMAND_EVENTS, DEMAND_STATIONS),
            REF_IDENTITIES,
            SITE_STATES,
        ),
        writes=(
            COMMANDS,
            PROVISIONING,
            AUTHORIZATIONS,
            SESSION_ORDERS,
            PAYMENTS,
            LOCAL_LIST_ORDERS,
            BOOT_RUN_ORDERS,
            SECURITY_OPERATION_ORDERS,
            SECURITY_BATCH_ORDERS,
            *(DEMAND_EVENT_ORDERS, DEMAND_STATION_ORDERS),
            FIRMWARE_CAMPAIGNS,
            LOGINS,
            LOG_FILES,
            WEBHOOK_ORDERS,
            API_KEY_USES,
            AUDIT,
            REF_IDENTITIES,
            SITE_FACTS,
        ),
    ),
    Flow(
        name="webhooks",
        reads=(
            *(STATION_STATES, SESSIONS, CDRS, PAYMENT_STATES, RESERVATION_STATES, OUTCOMES, FIRMWARE_UPDATES),
            *(BOOT_RUNS, MONITORING, DER, SECURITY, DATA_TRANSFERS, WEBHOOK_ORDERS, DEMAND_STATIONS),
        ),
        references=(REF_WEBHOOKS, REF_STATIONS),
        writes=(WEBHOOK_DELIVERIES, PROVISIONING),
    ),
    Flow(
        name="provisioning",
        reads=(PROVISIONING,),
        references=REFERENCE,
        writes=(PROVISIONING_OUTCOMES, *REFERENCE),
    ),
    Flow(
        name="services",
        reads=(DUE, STATE),
        writes=(DUE, STATE, DEAD),
    ),
)
"""Every participant, one row each; `services` stands for every stateful service, and for all that write dead letters."""

_BY_NAME = {flow.name: flow for flow in FLOWS}


def flow(name: str) -> Flow:
    """The row of a participant. Raises KeyError for one that has none."""
    return _BY_NAME[name]


def readers(topic: Topic) -> tuple[str, ...]:
    """Who reads a topic, in the order of the table."""
    return tuple(flow.name for flow in FLOWS if flow.takes(topic))


def writers(topic: Topic) -> tuple[str, ...]:
    """Who writes a topic, in the order of the table."""
    return tuple(flow.name for flow in FLOWS if topic in flow.writes)
