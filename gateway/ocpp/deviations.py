"""Deviations: messages that break their schema are read leniently where possible, else refused and put into quarantine."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from gateway.ocpp.quantities import sample_2x, sample_16
from gateway.ocpp.rows import Call, Context, Inbound, Refusal, spelled
from gateway.ocpp.spelling.moments import moment
from schemas.base import Record
from schemas.deviations import Bend, Deviation, MessageBent, MessageQuarantined
from schemas.facts import FactReported
from schemas.quantities import MeterValue, SampledValue
from schemas.secrets import MASK, PERSONAL, hide_in, mask_text
from schemas.stations import StationBooted
from schemas.transactions import MeterValueQuarantined
from schemas.wire import Fault, Violation, loose
from schemas.wire.leftovers import leftovers
from schemas.wire.lenient import LenientPayload, SetApartSample

LONGEST_KEPT = 16_384
"""Most characters of a refused message in its record; the OCPP log has more."""

_SAMPLES = spelled(v16=sample_16, v2x=sample_2x)


# -- what cannot be read ----------------------------------------------------------------------------------------------


def missing_need(row: Inbound, bent: LenientPayload, call: Call, strictly: Violation) -> Violation | None:
    """The violation of a message that lacks a member which its fact needs; None where it lacks none."""
    shapeless = any(bend.rule == Deviation.NO_OBJECT for bend in bent.bends)
    if shapeless and row.carried:
        return strictly
    for need in row.needs.get(call.version, "").split():
        members = need.split("|")
        if any(_at(bent.wire, member) is not None for member in members):
            continue
        if strictly.path.startswith(members[0]):
            return strictly
        return _lacks(members[0], bent.bends)
    return None


def _lacks(member: str, bends: Iterable[Bend]) -> Violation:
    rules = {bend.rule for bend in bends if bend.path and member.startswith(bend.path)}
    if rules & {Deviation.UNREADABLE_MEMBER, Deviation.OUT_OF_RANGE}:
        return Violation(fault=Fault.PROPERTY, path=member, description=f"{member} has a value that cannot be read")
    return Violation(fault=Fault.OCCURRENCE, path=member, description=f"{member} is missing")


def _at(wire: Any, path: str) -> Any:
    for member in path.split("."):
        if wire is None:
            return None
        wire = getattr(wire, member)
    return wire


def quarantine_record(call: Call, refusal: Refusal) -> MessageQuarantined:
    """The record of a refused message, for operators; of a personal one only that it was refused."""
    payload = MASK if call.action in PERSONAL else mask_text(bytes(call.payload).decode(errors="replace"))
    return MessageQuarantined(
        id=call.id("quarantined"),
        station=call.context.station,
        version=call.version,
        action=call.action,
        code=refusal.code,
        reason=refusal.description,
        payload=payload[:LONGEST_KEPT],
        received_at=call.context.received_at,
    )


# -- what was read all the same ---------------------------------------------------------------------------------------


def with_leftovers(records: tuple[Record, ...], row: Inbound, call: Call) -> tuple[Record, ...]:
    """The records of a valid message; members that they do not carry go to `further` of the first."""
    return _with_further(records, leftovers(loose.read(call.payload).value, _carried_members(records[0], row, call)))


def _carried_members(record: Record, row: Inbound, call: Call) -> frozenset[str]:
    """The members of the message that the record carries; its times only where they were read unchanged."""
    carried = row.carried[call.version]
    if _TIMES.isdisjoint(deviations_of(record)):
        return carried
    return frozenset(place for place in carried if not place.endswith("timestamp"))


_TIMES = frozenset({Deviation.TIME_IMPOSSIBLE, Deviation.TIME_UNREADABLE, Deviation.TIME_WITHOUT_ZONE})


def lenient_records(records: tuple[Record, ...], row: Inbound, bent: LenientPayload, call: Call) -> tuple[Record, ...]:
    """The records of a message that was read leniently, with its deviations, its leftover members and its quarantined samples."""
    if row.carried:
        rest = leftovers(bent.value, _carried_members(records[0], row, call))
        records = _with_further(records, {path: value for path, value in (rest | bent.aside).items() if path})
    records = with_deviations(records, [bend.rule for bend in bent.bends])
    apart = (_set_apart(records[0], each, index, call) for index, each in enumerate(bent.apart))
    return (*records, *apart, bent_message(records[0], bent.bends, call))


def bent_message(record: Record, bends: Sequence[Bend], call: Call) -> MessageBent:
    """The record of the deviations by which a message was read."""
    paths = {bend.rule for bend in bends}
    others = (Bend(rule) for rule in deviations_of(record) if rule not in paths)
    me = call.context
    who = record if isinstance(record, StationBooted) else me
    return MessageBent(
        id=call.id("bent"),
        station=me.station,
        version=call.version,
        action=call.action,
        vendor=who.vendor,
        model=who.model,
        firmware_version=who.firmware_version,
        bends=(*bends, *others),
        fact=getattr(record, "id", ""),
        received_at=me.received_at,
    )


_UNSOUND = frozenset({Deviation.CHARACTERS, Deviation.MEMBER_REPEATED})


def with_sound_payload(call: Call, bent: LenientPayload) -> Call:
    """The same call with a payload that is valid JSON, where the original is not."""
    if any(bend.rule in _UNSOUND for bend in bent.bends):
        return replace(call, payload=bytes(loose.write(bent.value)))
    return call


def deviations_of(record: Record) -> tuple[str, ...]:
    """The deviations that a record names."""
    deviations: tuple[str, ...] = getattr(record, "deviations", ())
    return deviations


_MENDED = frozenset({"control-characters", "lone-surrogate", "no-number"})


def mending_deviations(context: Context) -> tuple[Deviation, ...]:
    """The deviation of a payload whose JSON had to be mended (`gateway.mending`); none where only its frame was mended."""
    return (Deviation.CHARACTERS,) if context.mended in _MENDED else ()


def with_deviations(records: tuple[Record, ...], rules: Iterable[str]) -> tuple[Record, ...]:
    """The records; these deviations are added to the first."""
    if not records:
        return records
    first, *others = records
    deviations = tuple(sorted({*map(str, rules), *deviations_of(first)}))
    return (replace(first, deviations=deviations), *others)


def _with_further(records: tuple[Record, ...], rest: Mapping[str, Any]) -> tuple[Record, ...]:
    first, *others = records
    if not rest or isinstance(first, FactReported):
        return records
    shown: dict[str, Any] = hide_in(dict(rest), lambda _, mask: mask)
    further = {path: loose.write(value) for path, value in shown.items()}
    return (replace(first, further=further), *others)


def _set_apart(record: Record, apart: SetApartSample, index: int, call: Call) -> MeterValueQuarantined:
    read = SampledValue() if apart.sample is None else _SAMPLES[call.version](apart.sample)
    sample = replace(read, text=apart.text) if read.value is None else read
    return MeterValueQuarantined(
        id=call.id(f"apart-{index}"),
        station=call.context.station,
        evse=getattr(record, "evse", None),
        transaction_id=getattr(record, "transaction_id", None) or "",
        reason=apart.reason,
        meter_value=MeterValue(at=moment(apart.timestamp, call.context).at, samples=(sample,)),
        received_at=call.context.received_at,
    )
