"""Verdict: the status of a token for one request, by its provisioning, place, time, credit, and the sessions that run on it. PURE."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from schemas.authorization import (
    AuthorizationRequested,
    AuthorizationStatus,
    CertificateStatus,
    ContractVerdict,
    RunningSession,
    TokenProvisioned,
    TokenState,
    token_key,
)
from schemas.base import Record
from schemas.evsetypes import EvseDescribed, evses_of_types
from schemas.operators import reaches
from schemas.stations import REF_STATIONS, StationProvisioned, tenant_of
from schemas.tokens import evses_at, is_within
from services.authorization.credit import left_for

NO_AUTHORIZATION = "NoAuthorization"
"""The 2.x token type of a station that charges without authorization."""

KEY_CODE = "KeyCode"

EMAID = "eMAID"
"""The 2.x token type of a contract."""

CANCELLED: frozenset[AuthorizationStatus] = frozenset({"Blocked", "Expired", "Invalid", "Unknown"})
"""C07.FR.13: a contract of this status counts as cancelled, however good its certificate is."""

UNVERIFIED = ContractVerdict(status="CertChainError", detail="Contract certificates are not verified here.")
NO_CERTIFICATE = ContractVerdict(
    status="NoCertificateAvailable", detail="The contract came without its certificate and without hashes of it."
)

RUNS_AT_MOST = timedelta(days=30)
"""After this time a session without a reported end (for example of a scrapped station) no longer blocks its token."""

References = Mapping[str, Mapping[str, Record]]
NO_REFERENCES: References = {REF_STATIONS.name: {}}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy of the deployment: see `AuthorizationSettings`. `cache_s` 0: stations remember as long as they like."""

    unknown: Literal["accept", "reject"] = "reject"
    cache_s: int = 0
    master_pass_group: str = ""
    certificates: Literal["verify", "reject", "ignore"] = "verify"
    bare_emaids: Literal["accept", "reject"] = "accept"


class Verdict(NamedTuple):
    """The decision on one request: `evses` where not all of the station are allowed, `blocking` the session of a ConcurrentTx.

    `foreign`: the token belongs to another tenant than the station, and nothing of it is told there.
    `certificate_status` is what is said of its contract certificate, empty for nothing; `certificate_detail` why, in a sentence.
    """

    status: AuthorizationStatus
    evses: tuple[int, ...] = ()
    blocking: RunningSession | None = None
    certificate_status: CertificateStatus | Literal[""] = ""
    foreign: bool = False
    certificate_detail: str = ""


def verdict(state: TokenState, request: AuthorizationRequested, policy: Policy, references: References) -> Verdict:
    """Decide on one request: on the token, and on the contract certificate with which it came (C07.FR.13 to FR.17)."""
    contract = _contract(request, policy)
    if contract is None:
        return _of_token(state, request, policy, references)
    if contract.status != "Accepted":
        status: AuthorizationStatus = "Expired" if contract.status == "CertificateExpired" else "Invalid"
        return Verdict(status, certificate_status=contract.status, certificate_detail=contract.detail)
    found = _of_token(state, request, policy, references)
    if found.status in CANCELLED:
        return found._replace(
            certificate_status="ContractCancelled", certificate_detail=f"The contract is {found.status}."
        )
    return found._replace(certificate_status="Accepted", certificate_detail=contract.detail)


def _contract(request: AuthorizationRequested, policy: Policy) -> ContractVerdict | None:
    """What is to be said of the certificate of the contract; None: nothing, the token alone counts."""
    if policy.certificates == "ignore":
        return None
    if request.contract is not None or request.certificate is not None:
        verified = request.contract if policy.certificates == "verify" else None
        return verified or UNVERIFIED
    asks = request.purpose == "authorize" and request.id_token.type == EMAID
    return NO_CERTIFICATE if asks and policy.bare_emaids == "reject" else None


def _of_token(state: TokenState, request: AuthorizationRequested, policy: Policy, references: References) -> Verdict:
    """The decision on the token by itself."""
    token, decided = state.provisioned, _whatever_token(request)
    if decided is not None:
        return decided
    if token is None:
        return Verdict(_unknown(request, policy))
    if is_foreign(token, request.station, references):
        return Verdict("NotAtThisLocation", foreign=True)
    status = _standing(token, request, policy)
    if status != "Accepted":
        return Verdict(status)
    evses = _where(token, request, references)
    if isinstance(evses, str):
        return Verdict(evses)
    return Verdict("Accepted", evses) if _is_past(request) else _now(state, token, request, evses)


def _where(
    token: TokenProvisioned, request: AuthorizationRequested, references: References
) -> tuple[int, ...] | AuthorizationStatus:
    """The EVSEs of the station where the token may charge (none: all of them); else why not even at one, or not at that of the request."""
    record = references[REF_STATIONS.name].get(request.station)
    station = record if isinstance(record, StationProvisioned) else None
    site, known = ("", ()) if station is None else (station.site, station.evses)
    places = evses_at(token.places, request.station, site) if token.places else ()
    if places is None:
        return "NotAtThisLocation"
    evses = _of_its_types(token, known, places)
    if evses is None:
        return "NotAllowedTypeEVSE"
    if request.evse and evses and request.evse not in evses and not _is_past(request):
        return "NotAtThisLocation" if places and request.evse not in places else "NotAllowedTypeEVSE"
    return evses


def is_foreign(token: TokenProvisioned, station: str, references: References) -> bool:
    """Whether the token is another tenant's, and not shared."""
    return not token.shared and not reaches(token.tenant, tenant_of(references[REF_STATIONS.name].get(station)))


def _whatever_token(request: AuthorizationRequested) -> Verdict | None:
    """What is decided without looking at the token."""
    if request.id_token.type == NO_AUTHORIZATION:
        return Verdict("Accepted")  # C02.FR.02: a start button needs no card, and the CSMS accepts it
    return None if token_key(request.id_token.value) else Verdict("Invalid")


def _unknown(request: AuthorizationRequested, policy: Policy) -> AuthorizationStatus:
    if policy.unknown == "accept":
        return "Accepted"
    return "Invalid" if request.id_token.type == KEY_CODE else "Unknown"  # C04.FR.01


def _standing(token: TokenProvisioned, request: AuthorizationRequested, policy: Policy) -> AuthorizationStatus:
    """What the token is, wherever and whenever it is used."""
    if token.types and request.id_token.type and request.id_token.type not in token.types:
        return "Invalid"  # C01.FR.25: the same text of another type is another token
    if token.status == "Blocked":
        return "Blocked"
    if token.expires_at is not None and token.expires_at <= request.received_at:
        return "Expired"
    # C12.FR.09, C16.FR.03: a master pass starts no transaction
    return "Invalid" if starts(request) and is_master_pass(token, policy) else "Accepted"


def _now(
    state: TokenState, token: TokenProvisioned, request: AuthorizationRequested, evses: tuple[int, ...]
) -> Verdict:
    """What it may do here and now, where it is no longer only asked about what is over."""
    if token.hours and not is_within(token.hours, request.received_at, token.time_zone):
        return Verdict("NotAtThisTime")
    left = left_for(state, request.session)
    if left is not None and left <= Decimal(0):
        return Verdict("NoCredit")
    blocking = _runs_elsewhere(state, request)
    if blocking is not None and not token.concurrent_sessions:
        return Verdict("ConcurrentTx", evses, blocking)
    return Verdict("Accepted", evses)


def is_master_pass(token: TokenProvisioned, policy: Policy) -> bool:
    """Whether the token is of the group that stops any session (C16)."""
    return bool(policy.master_pass_group) and token.group.casefold() == policy.master_pass_group.casefold()


def starts(request: AuthorizationRequested) -> bool:
    """Whether the token lets a transaction begin or go on."""
    return bool(request.session) and request.purpose != "stop" and not request.final


def _is_past(request: AuthorizationRequested) -> bool:
    """Whether the transaction is over, or the token ends it: then nothing is to be allowed any more."""
    return request.final or request.purpose == "stop"


def _runs_elsewhere(state: TokenState, request: AuthorizationRequested) -> RunningSession | None:
    """The newest other session that runs on the token.

    Only for transactions that still run: ConcurrentTx is not a valid answer to Authorize (1.6 AuthorizationStatus, 2.0.1
    AuthorizationStatusEnumType), by which a driver may just as well want to stop the session that runs.
    """
    if not request.session:
        return None
    others = (
        running
        for running in state.running
        if running.session != request.session and request.received_at - running.at < RUNS_AT_MOST
    )
    return max(others, key=lambda running: running.at, default=None)


def _of_its_types(
    token: TokenProvisioned, known: tuple[EvseDescribed, ...], evses: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Those of the EVSEs (none: all of the station) that are of the token's types (none: all of these); None for not even one."""
    if not token.evse_types or not known:
        return evses
    fitting = evses_of_types(known, token.evse_types)
    if not evses and len(fitting) == len(known):
        return ()
    return tuple(sorted(fitting & set(evses) if evses else fitting)) or None


def cache_until(token: TokenProvisioned | None, at: datetime, policy: Policy) -> datetime | None:
    """Until when a station may remember the answer; None: until the token expires, or as long as it likes (C10.FR.08, FR.13)."""
    if token is None:
        seconds = policy.cache_s or None
    elif token.prepaid:
        seconds = 0  # C17.FR.01, FR.02: a prepaid token is asked about every time
    else:
        seconds = token.cache_s if token.cache_s is not None else (policy.cache_s or None)
    if seconds is None:
        return None
    until = at + timedelta(seconds=seconds)
    expires_at = token.expires_at if token is not None else None
    return until if expires_at is None else min(until, expires_at)
