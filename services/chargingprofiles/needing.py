"""Needing: what becomes of the needs of an EV (2.x part 2, K15 to K20). PURE.

Who waits for a profile is answered as soon as the transaction at the EVSE is known, which may be read a little later than the needs
of its EV. A profile that was set for the transaction by others serves as it is; else a plan is made, under one number for each
transaction, so that the next plan replaces it. Where the limits change, a plan is made anew, which begins a renegotiation (K16).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.chargingneeds import (
    ChargingNeedsDecided,
    ChargingNeedsReported,
    ChargingPlanChanged,
    EVScheduleReported,
    NeedsStatus,
)
from schemas.commands import CommandRequested, CommandSettled
from schemas.states.chargingprofiles import Needed, StationProfiles, Transaction
from services.chargingprofiles.serving import (
    How,
    Unserved,
    limits_digest,
    profile_of_others,
    serving,
    transaction_at,
)

ANSWERED_AFTER = timedelta(seconds=2)
"""So long the answer waits for the transaction; then it says that a profile may follow."""

PROVIDED_WITHIN = timedelta(seconds=60)
"""The EV waits no longer (K15.FR.08, K17.FR.08)."""

AGAIN_AFTER = timedelta(seconds=60)
"""At least so much time is between two plans for the same needs, unless the EV asks anew."""

HEARD_AFTER = timedelta(seconds=15)
"""A command of which nothing was heard by then was lost in a crash; the plan is made and sent anew, `LOST_MOST` times."""

LOST_MOST = 2

REPEATED_MOST = 3
"""So often in a row the same needs get a profile. A station that tells them again after each profile (against K16.FR.09) would go on
for ever; from then on the answer is that the profile which it has serves, until a minute has passed without."""

NEEDS_AT_MOST = 50
"""EVSEs of one station whose needs are remembered; the newest stay."""

Step = tuple[StationProfiles, list[Record]]


# -- the records ------------------------------------------------------------------------------------------------------


def needs_reported(state: StationProfiles, needs: ChargingNeedsReported, how: How) -> Step:
    """Answer the needs, or wait for their transaction. Old records, which nobody waits for, do nothing."""
    if needs.reply_to is None:
        return state, []
    known = next((one for one in state.needs if one.needs.id == needs.id), None)
    if known is not None:
        status = known.told.status
        return state, [_decided(needs, status)] if status else []
    told = ChargingPlanChanged(
        id="",
        station=needs.station,
        needs=needs.id,
        evse=needs.evse,
        revision=0,
        policy=how.policy,
        departure_at=needs.departure_at,
        changed_at=needs.received_at,
    )
    before = next((one for one in state.needs if one.needs.evse == needs.evse), None)
    fresh = Needed(needs=needs, told=told, repeats=_repeats(before, needs))
    if before is not None and fresh.repeats >= REPEATED_MOST:
        return _serves_already(state, fresh, before)
    transaction = transaction_at(state, needs.evse)
    if transaction is None and how.policy != "off":
        return _with(state, fresh), []
    return _answer(state, fresh, transaction, needs.received_at, how)


def _repeats(before: Needed | None, needs: ChargingNeedsReported) -> int:
    """How often in a row these needs were told before, with no minute between them."""
    if before is None or before.told.profile_id is None or needs.received_at - before.needs.received_at >= AGAIN_AFTER:
        return 0
    same = (before.needs.parameters, before.needs.energy_transfer) == (needs.parameters, needs.energy_transfer)
    return before.repeats + 1 if same else 0


def _serves_already(state: StationProfiles, fresh: Needed, before: Needed) -> Step:
    """The profile that was sent for the same needs serves these too."""
    kept = replace(
        before, needs=fresh.needs, repeats=fresh.repeats, told=replace(before.told, needs=fresh.needs.id, plans=0)
    )
    reason = "the same needs were told again: the profile serves that was sent"
    after, said = _said(state, kept, fresh.needs.received_at, status="Accepted", reason=reason)
    return after, [_decided(fresh.needs, "Accepted"), *said]


def transactions_changed(state: StationProfiles, at: datetime, how: How) -> Step:
    """Needs that waited for their transaction are answered; those of a transaction that is over are forgotten."""
    outputs: list[Record] = []
    over = {one.transaction_id for one in state.transactions if one.ended_at is not None}
    gone = tuple(one for one in state.needs if one.told.transaction_id in over)
    if gone:
        state = replace(state, needs=tuple(one for one in state.needs if one not in gone))
    for needed in state.needs:
        transaction = None if needed.told.transaction_id else transaction_at(state, needed.needs.evse)
        if transaction is not None:
            state, said = _answer(state, needed, transaction, max(at, needed.needs.received_at), how)
            outputs += said
    return state, outputs


def limits_changed(state: StationProfiles, at: datetime) -> StationProfiles:
    """Plans that were made within other limits are to be made anew."""
    needs = tuple(
        replace(one, plan_again_at=max(at, (one.planned_at or at) + AGAIN_AFTER))
        if one.limits and one.plan_again_at is None and one.limits != limits_digest(state, one.needs.evse)
        else one
        for one in state.needs
    )
    return state if needs == state.needs else replace(state, needs=needs)


def command_heard(state: StationProfiles, command_id: str) -> StationProfiles:
    """The command left."""
    needs = tuple(
        replace(one, missing_at=None, lost=0)
        if one.missing_at is not None and one.told.command_id == command_id
        else one
        for one in state.needs
    )
    return state if needs == state.needs else replace(state, needs=needs)


def command_settled(state: StationProfiles, settled: CommandSettled) -> Step:
    """What the station said to the profile."""
    for one in state.needs:
        if one.told.command_id == settled.command_id and not one.told.outcome:
            return _said(state, one, settled.settled_at, reason=one.told.reason, outcome=settled.outcome)
    return state, []


def schedule_judged(state: StationProfiles, told: EVScheduleReported, *, within: bool) -> Step:
    """What the EV means to do with its profile."""
    for one in state.needs:
        known = one.told.ev_told_at
        if one.needs.evse == told.evse and one.told.profile_id is not None and known != told.received_at:
            members = {"ev_within": within, "ev_told_at": told.received_at}
            return _said(state, one, told.received_at, reason=one.told.reason, **members)
    return state, []


def passing_needs(state: StationProfiles) -> Iterator[datetime]:
    """When something of the needs is next due."""
    for one in state.needs:
        if not one.told.transaction_id:
            yield one.needs.received_at + (PROVIDED_WITHIN if one.answered else ANSWERED_AFTER)
        yield from (moment for moment in (one.missing_at, one.plan_again_at) if moment is not None)


def needs_due(state: StationProfiles, at: datetime, how: How) -> Step:
    """What has waited long enough: an answer, needs without a transaction, a lost command, a plan within other limits."""
    outputs: list[Record] = []
    for needed in state.needs:
        state, said = _due(state, needed, at, how)
        outputs += said
    return state, outputs


def _due(state: StationProfiles, needed: Needed, at: datetime, how: How) -> Step:
    if not needed.told.transaction_id:
        return _waited(state, needed, at)
    lost = needed.missing_at is not None and needed.missing_at <= at
    if not lost and (needed.plan_again_at is None or needed.plan_again_at > at):
        return state, []
    transaction = transaction_at(state, needed.needs.evse)
    needed = replace(needed, plan_again_at=None, missing_at=None, lost=needed.lost + lost)
    if (
        transaction is None
        or needed.lost > LOST_MOST
        or (not lost and profile_of_others(state, transaction) is not None)
    ):
        return _with(state, replace(needed, limits="")), []
    return _answer(state, needed, transaction, at, how, again="the command was lost" if lost else "the limits changed")


def _waited(state: StationProfiles, needed: Needed, at: datetime) -> Step:
    since = needed.needs.received_at
    if needed.answered and since + PROVIDED_WITHIN <= at:
        after, said = _said(state, needed, at, reason="no transaction was known at the EVSE")
        return replace(after, needs=tuple(one for one in after.needs if one.needs.id != needed.needs.id)), said
    if not needed.answered and since + ANSWERED_AFTER <= at:
        after, said = _said(state, replace(needed, answered=True), at, status="Processing")
        return after, [_decided(needed.needs, "Processing"), *said]
    return state, []


# -- the answer -------------------------------------------------------------------------------------------------------


def _answer(
    state: StationProfiles,
    needed: Needed,
    transaction: Transaction | None,
    at: datetime,
    how: How,
    *,
    again: str = "",
) -> Step:
    """Answer who still waits, and send the profile if there is one. `again`: why another one is sent."""
    needs = needed.needs
    found = serving(state, needs, transaction, at, how)
    if isinstance(found, Unserved) or transaction is None:
        status: NeedsStatus = "NoChargingProfile" if needs.by_iso_20 else "Rejected"
        decided = [] if needed.answered else [_decided(needs, status)]
        reason = found.reason if isinstance(found, Unserved) else ""
        after, said = _said(state, needed, at, status=needed.told.status or status, reason=reason)
        return replace(after, needs=tuple(one for one in after.needs if one.needs.id != needs.id)), [*decided, *said]
    number = needed.told.plans + 1
    command = CommandRequested(
        id=derived_id(needs.id, "profile", number),
        station=needs.station,
        command=found.command,
        requested_at=at,
        expires_at=at + PROVIDED_WITHIN,
        when_offline="fail",
        requested_by="chargingprofiles",
    )
    decided = [] if needed.answered else [_decided(needs, "Accepted")]
    sent = replace(needed, answered=True, limits=found.limits, planned_at=at, missing_at=at + HEARD_AFTER)
    after, said = _said(
        state,
        sent,
        at,
        status=needed.told.status or "Accepted",
        reason=again or found.reason,
        policy=found.policy,
        transaction_id=transaction.transaction_id,
        profile_id=found.profile_id,
        command_id=command.id,
        energy_wh=found.energy_wh,
        planned_wh=found.planned_wh,
        departure_at=found.departure_at,
        plans=number,
        outcome="",
        ev_within=None,
        ev_told_at=None,
    )
    return after, [*decided, *said, command]


# -- what is published ------------------------------------------------------------------------------------------------


def _decided(needs: ChargingNeedsReported, status: NeedsStatus) -> ChargingNeedsDecided:
    assert needs.reply_to is not None
    return ChargingNeedsDecided(
        id=derived_id(needs.id, "decided"), station=needs.station, reply_to=needs.reply_to, status=status
    )


def _said(state: StationProfiles, needed: Needed, at: datetime, **changes: object) -> Step:
    """The state with what was said of the needs, and the snapshot that says it."""
    revision = state.revision + 1
    told = replace(
        needed.told,
        **{"reason": "", **changes},
        id=derived_id(needed.needs.id, "charging-plan", revision),
        revision=revision,
        changed_at=at,
    )
    return _with(replace(state, revision=revision), replace(needed, told=told)), [told]


def _with(state: StationProfiles, needed: Needed) -> StationProfiles:
    """The state with these needs as those of their EVSE."""
    others = (one for one in state.needs if one.needs.evse != needed.needs.evse)
    newest = sorted((*others, needed), key=lambda one: (one.needs.received_at, one.needs.evse))
    return replace(state, needs=tuple(newest[-NEEDS_AT_MOST:]))
