"""Signing: the requests of a station, what authorities made of them, and what the station did with its certificates (A02, A03). PURE.

A request is decided when it comes, and ordered from an authority. Its certificate is sent until the station answers (`delivering`), and
renewed before it expires (`renewing`). The newest request of a use stands for those before. What is made without being wanted is kept as
`unused`, so that it can be revoked.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.authorities import AUTHORITIES, AuthorityAnnounced
from schemas.base import Due, Poison, Record, derived_id
from schemas.commands import CommandSettled
from schemas.facts import FactReported
from schemas.revocations import REF_REVOCATIONS, CertificateRevoked
from schemas.security import SecurityEventReported
from schemas.signing import (
    IN_USE,
    CertificateIssued,
    CertificateSigned,
    IssuedStatus,
    SignatureAsked,
    SigningDecided,
    SigningFailed,
    SigningOrdered,
    known_use,
)
from schemas.states.signing import Sending, StationSigning, Wanted
from schemas.stationcommands import TriggerMessage
from schemas.stations import REF_STATIONS, StationProvisioned
from services.certificates import delivering, ended, renewing, reporting
from services.certificates.changing import put, same_use
from services.certificates.checking import Fitting, Policy, Unfit, checked
from services.certificates.saying import said

Step = tuple[StationSigning, list[Record]]
References = Mapping[str, Mapping[str, Record]]

QUOTA_OVER = timedelta(days=1)
LATE = timedelta(minutes=5)
"""So long after its time an order without an answer is given up: the worker of the authority answers earlier, unless it is away."""

SIGNED = str(CertificateSigned.__struct_config__.tag)
TRIGGER = str(TriggerMessage.__struct_config__.tag)
CROWDED = "Unspecified"
PLAIN = Policy()


def initial(key: str) -> StationSigning:
    """A station that never asked for a certificate."""
    return StationSigning(station=key)


def due(state: StationSigning, *, references: References, policy: Policy = PLAIN) -> datetime | None:
    """When something is to be sent, given up, renewed, revoked or forgotten."""
    moments = [at for one in state.wanted for at in _moments(state, one, references, policy) if at is not None]
    return min(moments, default=None)


def _moments(state: StationSigning, one: Wanted, references: References, policy: Policy) -> tuple[datetime | None, ...]:
    expires_at = one.issued.expires_at if one.issued is not None and one.status in IN_USE else None
    return (
        _given_up_at(one),
        delivering.due(one),
        renewing.due(state, one, policy),
        expires_at,
        revoked_at(one, references),
        ended.forgotten_at(one),
    )


def step(state: StationSigning, record: Record, *, references: References, policy: Policy = PLAIN) -> Step:
    """Remember what a record says, decide what is asked, and publish each certificate that it changes."""
    outputs: list[Record] = []
    match record:
        case SignatureAsked():
            after, outputs = _asked(state, record, references, policy)
            at = record.received_at
        case CertificateIssued():
            after, outputs = _issued(state, record)
            at = record.issued_at
        case SigningFailed():
            after, at = _failed(state, record), record.failed_at
        case CommandSettled() if record.command == SIGNED:
            after, at = delivering.settled(state, record), record.settled_at
        case CommandSettled() if record.command == TRIGGER:
            after, at = renewing.settled(state, record), record.settled_at
        case SecurityEventReported():
            after, at = reporting.reported(state, record), record.received_at
            outputs = renewing.at_once(state.station, record) if record.renews else []
        case Due():
            at = record.sent_at or record.at
            after, outputs = _due(state, at, references, policy)
        case CommandSettled() | FactReported():
            return state, []
        case _:
            raise Poison(f"certificate-signing has no use for a {type(record).__name__}")
    if after is state:
        return state, outputs
    after, changes = said(after, at)
    return after, [*changes, *outputs]


# -- requests ---------------------------------------------------------------------------------------------------------


def _asked(state: StationSigning, record: SignatureAsked, references: References, policy: Policy) -> Step:
    known = next((one for one in state.wanted if one.asked_id == record.id), None)
    if known is not None:
        return state, [_decided(record, known.status != "refused", known.detail)]
    lately = tuple(at for at in state.asked_at if record.received_at - at < QUOTA_OVER and at != record.received_at)
    if len(lately) >= policy.per_day:
        detail = f"The station has asked {policy.per_day} times within a day: no more is looked at."
        after = state if state.crowded_at in lately else replace(state, crowded_at=lately[-1])
        return after, [_decided(record, accepted=False, detail=detail, reason_code=CROWDED)]
    state = replace(state, asked_at=(*lately, record.received_at))
    announced = [one for one in references[AUTHORITIES.name].values() if isinstance(one, AuthorityAnnounced)]
    provisioned = isinstance(references[REF_STATIONS.name].get(state.station), StationProvisioned)
    match checked(record, announced, policy, provisioned=provisioned):
        case Unfit() as unfit:
            return _refused(state, record, unfit)
        case Fitting() as fitting:
            return _accepted(state, record, fitting, policy)


def _refused(state: StationSigning, record: SignatureAsked, unfit: Unfit) -> Step:
    one = Wanted(
        id=derived_id(state.station, "issued-certificate", record.id),
        asked_id=record.id,
        use=known_use(record.use),
        subject=unfit.asked.subject if unfit.asked else "",
        key=unfit.asked.key if unfit.asked else "",
        asked_at=record.received_at,
        status="refused",
        detail=unfit.detail,
        ended_at=record.received_at,
    )
    return put(state, one), [_decided(record, accepted=False, detail=unfit.detail, reason_code=unfit.reason_code)]


def _accepted(state: StationSigning, record: SignatureAsked, fitting: Fitting, policy: Policy) -> Step:
    """Order a certificate; the same request again has the certificate sent that was made, or is being made, for it (A02.FR.17)."""
    yes = _decided(record, accepted=True)
    digest = fitting.asked.digest
    again = next((one for one in state.wanted if one.digest == digest and one.status in UNDER_WAY), None)
    if again is not None:
        one = replace(again, asked_id=record.id, request_id=record.request_id)
        if one.issued is not None:
            one = delivering.anew(one, record.received_at)
        return put(state, one), [yes]
    one = Wanted(
        id=derived_id(state.station, "issued-certificate", record.id),
        asked_id=record.id,
        digest=digest,
        use=None if record.use is None else fitting.use,
        request_id=record.request_id,
        subject=fitting.asked.subject,
        key=fitting.asked.key,
        authority=fitting.authority,
        asked_at=record.received_at,
        answer_by=record.received_at + timedelta(seconds=policy.answer_s),
        status="ordered",
    )
    for older in same_use(state, one):
        if older.status in UNDER_WAY:
            state = put(state, ended.of(older, "superseded", "The station asked for another one.", record.received_at))
    return put(state, one), [yes, _order(state, record, one, fitting)]


UNDER_WAY: frozenset[IssuedStatus] = frozenset({"ordered", "issued", "undelivered"})


def _order(state: StationSigning, record: SignatureAsked, one: Wanted, fitting: Fitting) -> SigningOrdered:
    assert one.answer_by is not None
    return SigningOrdered(
        id=one.id,
        station=state.station,
        authority=fitting.authority,
        use=fitting.use,
        csr=record.csr,
        common_name=fitting.common_name,
        organization=fitting.organization,
        ordered_at=record.received_at,
        expires_at=one.answer_by,
    )


def _decided(record: SignatureAsked, accepted: bool, detail: str = "", reason_code: str = "") -> SigningDecided:
    return SigningDecided(
        id=derived_id(record.id, "decided"),
        station=record.station,
        reply_to=record.reply_to,
        accepted=accepted,
        reason_code="" if accepted else reason_code or "InvalidCSR",
        detail="" if accepted else detail,
    )


# -- what authorities made --------------------------------------------------------------------------------------------


def _issued(state: StationSigning, record: CertificateIssued) -> Step:
    order = next((one for one in state.wanted if one.id == record.order), None)
    if any(one.issued is not None and one.issued.id == record.id for one in state.wanted):
        return state, []
    if order is None or order.issued is not None:
        return put(state, _unused(record)), []
    order = replace(order, issued=record, authority=record.authority)
    if order.status not in ("ordered", "failed"):
        return put(state, order), []
    newer = any(other.asked_at > order.asked_at and other.status != "refused" for other in same_use(state, order))
    if newer:
        return put(state, ended.of(order, "superseded", "The station asked for another one.", record.issued_at)), []
    order = replace(order, status="issued", detail="", ended_at=None, sending=Sending(next_at=record.issued_at))
    return delivering.go_on(put(state, order), record.issued_at)


def _unused(record: CertificateIssued) -> Wanted:
    return Wanted(
        id=derived_id(record.order, "unused", record.id),
        asked_id="",
        authority=record.authority,
        asked_at=record.issued_at,
        status="unused",
        detail="It was made for an order that had a certificate, or is not known.",
        issued=replace(record, chain=""),
        ended_at=record.issued_at,
    )


def _failed(state: StationSigning, record: SigningFailed) -> StationSigning:
    order = next((one for one in state.wanted if one.id == record.order and one.status == "ordered"), None)
    return state if order is None else put(state, ended.of(order, "failed", record.detail, record.failed_at))


def _given_up_at(one: Wanted) -> datetime | None:
    return one.answer_by + LATE if one.status == "ordered" and one.answer_by is not None else None


# -- time -------------------------------------------------------------------------------------------------------------


def _due(state: StationSigning, at: datetime, references: References, policy: Policy) -> Step:
    for one in state.wanted:
        state = _aged(state, one, at, references)
    state, outputs = delivering.go_on(state, at)
    state, asked = renewing.go_on(state, at, policy)
    return state, [*outputs, *asked]


def _aged(state: StationSigning, one: Wanted, at: datetime, references: References) -> StationSigning:
    forgotten_at, given_up_at, revoked = ended.forgotten_at(one), _given_up_at(one), revoked_at(one, references)
    if forgotten_at is not None and forgotten_at <= at:
        return ended.forgotten(state, one)
    if revoked is not None:
        record = references[REF_REVOCATIONS.name][one.issued.fingerprint]  # type: ignore[union-attr]
        reason = record.reason if isinstance(record, CertificateRevoked) else ""
        return put(state, ended.of(one, "revoked", reason, revoked))
    if given_up_at is not None and given_up_at <= at:
        return put(state, ended.of(one, "failed", "The certificate authority did not answer in time.", at))
    if one.status in IN_USE and one.issued is not None and one.issued.expires_at <= at:
        return put(state, ended.of(one, "expired", one.detail, one.issued.expires_at))
    return state


def revoked_at(one: Wanted, references: References) -> datetime | None:
    """When the certificate was revoked, where that is not known yet."""
    if one.issued is None or one.status == "revoked":
        return None
    record = references[REF_REVOCATIONS.name].get(one.issued.fingerprint)
    return record.revoked_at if isinstance(record, CertificateRevoked) else None
