"""Battery swap: the messages of a swap are joined by the number that its request, or the station, gave it.

A station uses a number again after a while: batteries that are put in under the number of a swap that is over begin another one. A message
that comes once more is recognised by what it says. Requests are read first; the messages of a station are read in their order.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.batteries import BatterySlotChanged, BatterySwapChanged, BatterySwapReported, RequestBatterySwap
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.facts import FactReported
from schemas.reports import request_id_of
from schemas.states.batteries import Answered, Happening, Said, Slot, StationBatteries, Swap
from services.batteries.standing import IN, OUT, TIMEOUT, Standing, batteries, first, placed, standing
from services.following.remembering import word_of
from services.following.snapshots import published

Step = tuple[StationBatteries, list[Record]]

SWAPS_AT_MOST, SLOTS_AT_MOST, HAPPENINGS_AT_MOST = 200, 500, 50
"""Of one station, and messages of one swap: the oldest swap goes, further slots and messages are not followed."""

WAITED = timedelta(days=1)
"""So long a swap that was asked for waits for its driver."""

FORGOTTEN_AFTER = timedelta(days=7)
"""So long after its last sign a swap is known: a message that comes later begins another one."""

TAG = str(RequestBatterySwap.__struct_config__.tag)


def initial(key: str) -> StationBatteries:
    """A station of whose batteries nothing is known."""
    return StationBatteries(station=key)


def due(state: StationBatteries) -> datetime | None:
    """When the next swap is given up, or forgotten."""
    return min((at for one in state.swaps for at in _dues(one)), default=None)


def _dues(one: Swap) -> Iterator[datetime]:
    if standing(one).status in ("accepted", "unconfirmed"):
        yield one.began_at + WAITED
    yield _last_sign(one) + FORGOTTEN_AFTER


def _last_sign(one: Swap) -> datetime:
    signs = [one.began_at, *(each.at for each in one.happenings)]
    return max([*signs, one.answer.at] if one.answer is not None else signs)


def step(state: StationBatteries, record: Record) -> Step:
    """Remember what a record says, and publish each swap and each slot that it changes."""
    match record:
        case CommandRequested(command=RequestBatterySwap()):
            return _published(_requested(state, record), record.requested_at)
        case CommandSettled() if record.command == TAG:
            return _published(_settled(state, record), record.settled_at)
        case BatterySwapReported():
            return _reported(state, record)
        case Due():
            return _lapsed(state, record.at)
        case CommandRequested() | CommandCancelled() | CommandSettled() | FactReported():
            return state, []
        case _:
            raise Poison(f"batteries has no use for a {type(record).__name__}")


def comparable(state: StationBatteries) -> StationBatteries:
    """The state without what the order of reading between its topics decides: how often something was published."""
    said = tuple(sorted((replace(said, revision=0) for said in state.said), key=lambda said: said.id))
    return replace(state, said=said, swaps=tuple(sorted(state.swaps, key=lambda one: one.id)))


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationBatteries, request: CommandRequested) -> StationBatteries:
    command = request.command
    assert isinstance(command, RequestBatterySwap), "the caller has looked"
    if any(one.id == request.id for one in state.swaps):
        return state
    one = Swap(
        id=request.id,
        request_id=request_id_of(request.id),
        token=command.token,
        token_type=command.token_type,
        requested_at=request.requested_at,
        requested_by=request.requested_by,
        began_at=request.requested_at,
    )
    return _bounded(replace(state, swaps=(*state.swaps, one)))


def _settled(state: StationBatteries, record: CommandSettled) -> StationBatteries:
    answer = Answered(
        outcome=record.outcome,
        detail=_word(record),
        sent=record.sent,
        at=record.settled_at,
    )
    return _with(
        state,
        (replace(one, answer=answer) for one in state.swaps if one.id == record.command_id and one.answer is None),
    )


class _Info(msgspec.Struct, frozen=True):
    reasonCode: str = ""  # noqa: N815 as OCPP spells it


class _Answer(msgspec.Struct):
    statusInfo: _Info = _Info()  # noqa: N815 as OCPP spells it


def _word(record: CommandSettled) -> str:
    """Why the station refused: its reason code where it has one (S02.FR.04)."""
    if record.outcome == "accepted":
        return ""
    try:
        reason = msgspec.json.decode(record.response, type=_Answer).statusInfo.reasonCode
    except msgspec.MsgspecError:
        reason = ""  # no answer, or one that breaks its schema
    return reason or word_of(record)


def _reported(state: StationBatteries, told: BatterySwapReported) -> Step:
    alike = sorted((one for one in state.swaps if one.request_id == told.request_id), key=lambda one: one.began_at)
    fresh = Happening(event=told.event, batteries=told.batteries, at=told.received_at)
    if told.event not in (IN, OUT, TIMEOUT) or any(_has(one, fresh) for one in alike):
        return state, []
    newest = alike[-1] if alike else None
    if newest is None or (told.event == IN and _is_over(newest)):
        cause = (state.station, "battery-swap", told.request_id, told.received_at.isoformat())
        newest = Swap(
            id=derived_id(*cause),
            request_id=told.request_id,
            token=told.token,
            token_type=told.token_type,
            began_at=told.received_at,
        )
        state = _bounded(replace(state, swaps=(*state.swaps, newest)))
    if len(newest.happenings) >= HAPPENINGS_AT_MOST:
        raise Poison(f"{HAPPENINGS_AT_MOST} messages of this swap came: this one is not followed")
    grown = replace(newest, happenings=(*newest.happenings, fresh))
    state, slots = _with_slots(_with(state, (grown,)), told, newest.id)
    after, swaps = _published(state, told.received_at)
    return after, [*swaps, *slots]


def _has(one: Swap, fresh: Happening) -> bool:
    return any((each.event, each.batteries) == (fresh.event, fresh.batteries) for each in one.happenings)


def _is_over(one: Swap) -> bool:
    return first(one, OUT) is not None or first(one, TIMEOUT) is not None


def _with_slots(state: StationBatteries, told: BatterySwapReported, swap: str) -> Step:
    """The slots after a message: what came last of a slot counts."""
    slots = {one.slot: one for one in state.slots}
    changed: dict[int, Slot] = {}
    for number, battery in placed(told.event, told.batteries):
        last = slots.get(number)
        if (last is None and len(slots) >= SLOTS_AT_MOST) or (last is not None and last.at > told.received_at):
            continue
        revision = 1 if last is None else last.revision + 1
        slots[number] = changed[number] = Slot(
            slot=number, revision=revision, battery=battery, swap=swap, at=told.received_at
        )
    outputs: list[Record] = [
        BatterySlotChanged(
            id=derived_id(state.station, "battery-slot", one.slot, one.revision),
            station=state.station,
            slot=one.slot,
            revision=one.revision,
            battery=one.battery,
            swap=one.swap,
            since=one.at,
        )
        for one in changed.values()
    ]
    return replace(state, slots=tuple(slots.values())), outputs


def _lapsed(state: StationBatteries, at: datetime) -> Step:
    waiting = ("accepted", "unconfirmed")
    given_up = (
        replace(one, unused=True)
        for one in state.swaps
        if standing(one).status in waiting and one.began_at + WAITED <= at
    )
    after, outputs = _published(_with(state, given_up), at)
    kept = tuple(one for one in after.swaps if _last_sign(one) + FORGOTTEN_AFTER > at)
    return _only(after, kept), outputs


def _with(state: StationBatteries, changed: Iterator[Swap] | tuple[Swap, ...]) -> StationBatteries:
    by_id = {one.id: one for one in changed}
    return replace(state, swaps=tuple(by_id.get(one.id, one) for one in state.swaps)) if by_id else state


def _bounded(state: StationBatteries) -> StationBatteries:
    """The newest swaps stay."""
    if len(state.swaps) <= SWAPS_AT_MOST:
        return state
    return _only(state, tuple(sorted(state.swaps, key=lambda one: (one.began_at, one.id))[-SWAPS_AT_MOST:]))


def _only(state: StationBatteries, kept: tuple[Swap, ...]) -> StationBatteries:
    ids = {one.id for one in kept}
    return replace(state, swaps=kept, said=tuple(said for said in state.said if said.id in ids))


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationBatteries, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each swap that is not what was published last."""
    now = ((one, _said(one, standing(one))) for one in state.swaps)
    said, outputs = published(state.said, now, by="id", record=partial(_changed, state.station, at))
    return replace(state, said=said), outputs


def _said(one: Swap, now: Standing) -> Said:
    return Said(id=one.id, revision=0, status=now.status, detail=now.detail, happenings=len(one.happenings))


def _changed(station: str, at: datetime, one: Swap, said: Said) -> BatterySwapChanged:
    return BatterySwapChanged(
        id=derived_id(one.id, "battery-swap-changed", said.revision),
        swap=one.id,
        station=station,
        revision=said.revision,
        request_id=one.request_id,
        token=one.token,
        token_type=one.token_type,
        status=said.status,
        detail=said.detail,
        inserted=batteries(one, IN),
        taken=batteries(one, OUT),
        left=batteries(one, TIMEOUT),
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        in_at=first(one, IN),
        out_at=first(one, OUT),
        timed_out_at=first(one, TIMEOUT),
        began_at=one.began_at,
        changed_at=at,
    )
