"""Authorization: tokens as reference data, authorization requests from stations, and decisions back to them."""

from typing import Annotated, Literal

import msgspec

from schemas.base import Record, ReplyTo, Timestamp
from schemas.credits import CreditToppedUp, TokenCharged, TokenCredit, TokenSpent
from schemas.evsetypes import EvseType
from schemas.ids import folded_token
from schemas.operators import DEPLOYMENT
from schemas.stationtariffs import StationTariff
from schemas.tokens import TokenHours, TokenPlace, TokenType
from schemas.topic import DAY_S, Topic
from schemas.transactionlimits import NO_LIMIT, LimitKind, TransactionLimit

AuthorizationStatus = Literal[
    "Accepted",
    "Blocked",
    "Expired",
    "Invalid",
    "ConcurrentTx",
    "NoCredit",
    "NotAllowedTypeEVSE",
    "NotAtThisLocation",
    "NotAtThisTime",
    "Unknown",
]
"""2.x AuthorizationStatusEnumType. 1.6 knows the first five; the gateway says the others in its words."""

Purpose = Literal["authorize", "start", "stop"]
"""Why a token is shown: to Authorize, to start or continue a transaction, or to end one."""

CertificateVerdict = Literal[
    "Accepted", "SignatureError", "CertificateExpired", "CertificateRevoked", "NoCertificateAvailable", "CertChainError"
]
"""What is said of a contract certificate by itself."""

CertificateStatus = CertificateVerdict | Literal["ContractCancelled"]
"""2.x AuthorizeCertificateStatusEnumType: of a certificate and its eMAID together."""


class IdToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The token that the driver presented. `type` is the 2.x IdTokenEnumType, empty in 1.6. Compared by `token_key(value)`."""

    value: str
    type: str = ""


def token_key(value: str) -> str:
    """The key of one token: upper case (2.0.1 part 2, IdTokenType; 1.6 CiString20), stripped of white space and control characters.

    All ways to write one eMAID have one key (`schemas.emaids`).
    """
    return folded_token(value)


class CertificateHash(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an OCSP responder is asked about one certificate of a contract's chain (2.x OCSPRequestDataType)."""

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
    responder_url: str = ""


class ContractCertificate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The contract certificate behind a token (C07): the hashes of its chain, or the chain itself in PEM, or both."""

    hashes: tuple[CertificateHash, ...] = ()
    chain: str = ""


class ContractVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found out about a contract certificate by itself. `detail` is a sentence; empty where all is well.

    `expires_at`: until when all certificates of its chain are valid, where the chain was seen.
    """

    status: CertificateVerdict
    detail: str = ""
    expires_at: Timestamp | None = None


class TokenProvisioned(Record, frozen=True, kw_only=True, tag="token-provisioned"):
    """A provisioned token, on csms.ref.tokens. `token` is a `token_key`.

    `types`: it is accepted as these alone (1.6 has no types). `prepaid` is the currency of its credit (ISO 4217); empty: it needs none.
    `limits` hold for each of its sessions. `cache_s`: for how long a station may remember the answer; None: by the policy of the
    deployment. `places` and `hours` (by `time_zone`, empty: UTC) are where and when it may charge; empty: anywhere, at any time.
    `evse_types`: the kinds of EVSEs and connectors where it may charge; empty: all (C01.FR.18).
    `language`, `language2` (RFC 5646), `message` and `priority` are for the driver's display and the station (2.x IdTokenInfoType).
    `tenant`: whose it is, empty: the deployment's. A tenant's token charges at its own stations, at all where it is `shared`.
    """

    token: str
    status: Literal["Accepted", "Blocked"] = "Accepted"
    expires_at: Timestamp | None = None
    group: Annotated[str, msgspec.Meta(max_length=36)] = ""
    concurrent_sessions: bool = False
    label: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""
    types: tuple[TokenType, ...] = ()
    prepaid: str = ""
    limits: TransactionLimit = NO_LIMIT
    cache_s: int | None = None
    places: tuple[TokenPlace, ...] = ()
    hours: tuple[TokenHours, ...] = ()
    time_zone: str = ""
    language: str = ""
    language2: str = ""
    message: str = ""
    priority: int = 0
    evse_types: tuple[EvseType, ...] = ()
    tenant: str = DEPLOYMENT
    shared: bool = False


class TokenRemoved(Record, frozen=True, kw_only=True, tag="token-removed"):
    """The token was removed. Replaces its TokenProvisioned on the topic."""

    token: str
    removed_at: Timestamp
    removed_by: str = ""
    tenant: str = DEPLOYMENT


class AuthorizationRequested(Record, frozen=True, kw_only=True, tag="authorization-requested"):
    """A request to authorize a token: from the gateway for Authorize, from `transactions` for a transaction that waits for its answer.

    For a transaction `session` and `transaction_id` are set, and the decision repeats `transaction_id`, so that a 1.6
    StartTransaction is answered by one record. `deviations` and `further` as in `TransactionReported`. `final`: the transaction is
    already over at the time of the request. `purpose` is absent in older records. `limit` is what limits the transaction besides its
    token; `supports` are the limits that its station supports by its report, `limit_known` is what it
    has confirmed, which is not said again (E16.FR.02, FR.12). `contract` is what was found out about the contract certificate with which
    the token came; `certificate` is in records from before that was done.
    """

    id: str
    token: str
    id_token: IdToken
    station: str
    session: str = ""
    transaction_id: str = ""
    evse: int | None = None
    final: bool = False
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp
    purpose: Purpose | None = None
    certificate: ContractCertificate | None = None
    limit: TransactionLimit = NO_LIMIT
    supports: tuple[LimitKind, ...] = ()
    limit_known: TransactionLimit = NO_LIMIT
    contract: ContractVerdict | None = None


class ContractPresented(Record, frozen=True, kw_only=True, tag="contract-presented"):
    """An Authorize with a contract certificate (C07), on csms.contracts: the worker `contracts` judges it and asks to authorize the token.

    `token` is its key; `deviations` and `further` as in `TransactionReported`.
    """

    id: str
    token: str
    id_token: IdToken
    station: str
    certificate: ContractCertificate
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


class TokenSessionStarted(Record, frozen=True, kw_only=True, tag="token-session-started"):
    """A session runs on this token; needed for ConcurrentTx. From `transactions`. `again`: its end had been reported before."""

    id: str
    token: str
    session: str
    station: str
    at: Timestamp
    again: bool = False


class TokenSessionEnded(Record, frozen=True, kw_only=True, tag="token-session-ended"):
    """The session no longer runs on this token. From `transactions`."""

    id: str
    token: str
    session: str
    station: str
    at: Timestamp


class AuthorizationDecided(Record, frozen=True, kw_only=True, tag="authorization-decided"):
    """The answer to Authorize, StartTransaction, or a TransactionEvent that carries a token. To the gateway's route.

    `token` is its key. `blocked_by` is the session that makes it ConcurrentTx; it is not sent to stations. `expires_at` is when the
    token expires, `cache_until` how long a station may remember the answer (absent: until the token expires). `evses` are those of
    the station where it may charge; empty: all. `limit` is what the station is to keep to (2.1 transactionLimit). `tariff` is the
    driver's own (2.1, I08), `tariff_text` the tariff that applies at the station in words (I01).
    """

    id: str
    station: str
    reply_to: ReplyTo
    status: AuthorizationStatus
    expires_at: Timestamp | None = None
    group: str = ""
    transaction_id: str = ""
    token: str = ""
    blocked_by: str = ""
    cache_until: Timestamp | None = None
    languages: tuple[str, ...] = ()
    message: str = ""
    priority: int = 0
    evses: tuple[int, ...] = ()
    certificate_status: str = ""
    limit: TransactionLimit = NO_LIMIT
    tariff: StationTariff | None = None
    tariff_text: str = ""


class DecisionRecorded(Record, frozen=True, kw_only=True, tag="decision-recorded"):
    """A decision on a token, on csms.decisions: for `transactions`, whose start requested it, and for people who look for the reason.

    `blocked_by` is the session that runs on the token elsewhere, at `blocked_at`, where the decision is ConcurrentTx. `limit` is what
    the token limits its session to, as in `TokenLimitChanged`. `certificate_status` is what was said of a contract certificate, and
    `certificate_detail` why, in a sentence.
    """

    id: str
    station: str
    token: str
    id_token: IdToken
    status: AuthorizationStatus
    session: str = ""
    transaction_id: str = ""
    evse: int | None = None
    final: bool = False
    blocked_by: str = ""
    blocked_at: str = ""
    requested_at: Timestamp
    purpose: Purpose | None = None
    certificate_status: str = ""
    limit: TransactionLimit = NO_LIMIT
    limit_revision: int = 0
    certificate_detail: str = ""


class TokenLimitChanged(Record, frozen=True, kw_only=True, tag="token-limit-changed"):
    """The limit of a running session by its token has changed: its credit was topped up, say. On csms.decisions, for `transactions`.

    The greatest `limit_revision` counts, whatever comes first.
    """

    id: str
    station: str
    session: str
    token: str
    limit: TransactionLimit = NO_LIMIT
    limit_revision: int
    at: Timestamp


# -- persisted by the service -----------------------------------------------------------------------------------------


class RunningSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that runs on a token, at a station. `limit` is what the token limits it to, in how manieth form: `limit_revision`."""

    session: str
    at: Timestamp
    station: str = ""
    limit: TransactionLimit = NO_LIMIT
    limit_revision: int = 0


class TokenState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of `authorization` for one token: its provisioning, the sessions that run on it, and those recently ended.

    `changed_at` is the time of the newest provisioning or removal, `ended_at` the end of the session that ended last.
    """

    token: str
    provisioned: TokenProvisioned | None = None
    changed_at: Timestamp | None = None
    running: tuple[RunningSession, ...] = ()
    ended: tuple[str, ...] = ()
    ended_at: Timestamp | None = None
    credit: TokenCredit | None = None


REF_TOKENS = Topic(
    name="csms.ref.tokens",
    meaning="Reference data: tokens as operators provision them.",
    records=(TokenProvisioned, TokenRemoved),
    key="token",
    retention_s=None,
)
AUTHORIZATIONS = Topic(
    name="csms.authorizations",
    meaning="Authorization requests, which sessions run on a token, what they cost, and what is put on its credit.",
    records=(AuthorizationRequested, TokenSessionStarted, TokenSessionEnded, CreditToppedUp, TokenCharged, TokenSpent),
    key="token",
)
CONTRACTS = Topic(
    name="csms.contracts",
    meaning="Tokens that came with a contract certificate, to be judged before they are authorized.",
    records=(ContractPresented,),
    key="token",
    retention_s=DAY_S,  # a request and no fact, with the contract's owner in its certificate
)
DECISIONS = Topic(
    name="csms.decisions",
    meaning="Decisions on the tokens that stations asked to authorize, and what tokens limit their sessions to.",
    records=(DecisionRecorded, TokenLimitChanged),
)

TOPICS = (
    REF_TOKENS,
    AUTHORIZATIONS,
    CONTRACTS,
    DECISIONS,
)
