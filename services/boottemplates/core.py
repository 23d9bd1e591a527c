"""Boot templates: after an accepted boot the templates that fit are queued, and run one after the other, a command at a time. PURE.

Which templates run is decided by the snapshot that has the boot; a template is read when its run begins, and its commands are kept until
the run ends, so that a change does not disturb it. A boot during a run starts everything anew. Nothing is sent to a station that is not
connected and Accepted, and the first command waits for the station's own time after the boot or the connection (`delay`).
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.boottemplates import REF_BOOT_TEMPLATES, BootRunOrdered, provisioned, traits_of
from schemas.commands import CommandSettled
from schemas.states.boottemplates import Queued, StationBoots
from schemas.stations import StationChanged
from services.boottemplates.publishing import publish_running, publish_waiting
from services.boottemplates.sending import References, Step, against_boot, given_up, go_on, may_send, settled

SETTLING_S = 2.0
"""A station has so long after its boot for the messages by which it says how it is."""
RECENT = timedelta(minutes=10)
"""A boot that is older than this in the first snapshot that has it is none that a run follows: the snapshot is of something else."""
BOOTS_MOST = 6
BOOTS_WITHIN = timedelta(hours=1)
"""A station that booted so often within this time boots all by itself, or because of what it is sent: it is left alone."""
ORDERS_MOST = 10
"""Ordered runs that wait at one station; one more is dropped."""
ORDERS_KNOWN = 20
"""The latest orders, which are known again when they are repeated."""

LOOPING = f"The station booted {BOOTS_MOST} times within an hour: nothing is sent until it stays up for longer, or you order it."
REPLACED = "The station booted again; its newer run stands for this one."
PARKED = "The station booted again and was not accepted."
GONE = "The station booted again, and the template does not run there any more."
RESET = "The station booted before it answered the Reset."
REMOVED = "The station was removed."
CROWDED = f"{ORDERS_MOST} ordered runs wait at the station already."


def initial(key: str) -> StationBoots:
    """A station of which nothing is known."""
    return StationBoots(station=key)


def delay(station: str, spread_s: float) -> timedelta:
    """How long after a boot or a connection the station's commands begin: the same for a station each time, spread over a fleet."""
    fraction = int(derived_id(station, "boot-spread")[:8], 16) / 2**32
    return timedelta(seconds=SETTLING_S + fraction * spread_s)


def due(state: StationBoots) -> datetime | None:
    """When something is to be sent, or what was sent has had no outcome for too long."""
    if state.sending is not None:
        return state.sending.until
    if not may_send(state) or (state.running is None and not state.queue):
        return None
    return state.not_before


def step(state: StationBoots, record: Record, *, references: References, spread_s: float) -> Step:
    """Apply one record: queue what fits after a boot, send what is due, and publish each run that changes."""
    match record:
        case StationChanged():
            return _station(state, record, references, spread_s)
        case BootRunOrdered():
            return _ordered(state, record)
        case CommandSettled():
            after, outputs = settled(state, record)
            if after is state:
                return state, []
            after, more = go_on(after, record.settled_at, references)
            return after, [*outputs, *more]
        case Due():
            return _due(state, record.sent_at or record.at, references)
    raise Poison(f"boottemplates has no use for a {type(record).__name__}")


def _due(state: StationBoots, at: datetime, references: References) -> Step:
    if state.sending is None:
        return go_on(state, at, references)
    if state.sending.until > at:
        return state, []
    return given_up(state, at)


# -- orders -----------------------------------------------------------------------------------------------------------


def _ordered(state: StationBoots, order: BootRunOrdered) -> Step:
    if order.id in state.orders:
        return state, []
    at = order.ordered_at
    state = replace(state, orders=(*state.orders, order.id)[-ORDERS_KNOWN:])
    queued = Queued(
        run=order.id, template=order.template, cause="order", requested_at=at, requested_by=order.ordered_by
    )
    if sum(each.cause == "order" for each in state.queue) >= ORDERS_MOST:
        return state, [publish_waiting(state, queued, "dropped", CROWDED, at=at)[1]]
    idle = state.running is None and not state.queue
    why = (
        "It begins after the runs before it." if state.able else "It begins when the station is connected and accepted."
    )
    queued, record = publish_waiting(state, queued, "waiting", "" if idle and state.able else why, at=at)
    state = replace(state, queue=(*state.queue, queued))
    if idle or state.stalled:
        running = None if state.running is None else replace(state.running, tries_here=0)
        state = replace(state, stalled=False, running=running, not_before=at)
    return state, [record]


# -- the station ------------------------------------------------------------------------------------------------------


def _station(state: StationBoots, station: StationChanged, references: References, spread_s: float) -> Step:
    at = station.changed_at
    if state.seen_at is not None and at < state.seen_at:
        return state, []
    able = station.connected and station.registration == "Accepted" and not station.removed
    booted = station.booted_at is not None and (state.booted_at is None or station.booted_at > state.booted_at)
    traits = traits_of(station)
    if not booted and (able, traits) == (state.able, state.traits) and not (station.removed and _busy(state)):
        return state, []
    connects = able and not state.able
    state = replace(state, able=able, traits=traits, seen_at=at)
    if station.removed:
        return _emptied(state, REMOVED, at)
    if booted:
        return _booted(state, station, references, spread_s)
    if connects and _busy(state):
        running = None if state.running is None else replace(state.running, tries_here=0)
        return replace(state, stalled=False, running=running, not_before=at + delay(state.station, spread_s)), []
    return state, []


def _busy(state: StationBoots) -> bool:
    return state.running is not None or bool(state.queue)


def _emptied(state: StationBoots, why: str, at: datetime) -> Step:
    """Nothing runs at the station any more."""
    outputs: list[Record] = []
    if state.running is not None:
        outputs.append(publish_running(state, state.running, "dropped", why, at=at)[1])
    outputs += [publish_waiting(state, each, "dropped", why, at=at)[1] for each in state.queue if each.cause == "order"]
    return replace(state, queue=(), running=None, sending=None, stalled=False, not_before=None), outputs


def _booted(state: StationBoots, station: StationChanged, references: References, spread_s: float) -> Step:
    """Start anew: what runs after this boot, then what was ordered and has not ended."""
    at, booted_at = station.changed_at, station.booted_at
    assert booted_at is not None
    before, accepted = state, station.registration == "Accepted"
    boots = tuple(each for each in state.boots if each > booted_at - BOOTS_WITHIN)
    if accepted:  # a station that is pending boots every minute until it is accepted (B02, B03)
        boots = (*boots, booted_at)[-BOOTS_MOST:]
    state = replace(state, booted_at=booted_at, boot_reason=station.boot_reason, boots=boots)
    fitting = _fitting(state, references) if accepted and at - booted_at <= RECENT else ()
    outputs: list[Record] = []
    why = GONE if accepted else PARKED
    if len(boots) >= BOOTS_MOST:
        outputs += [publish_waiting(state, each, "dropped", LOOPING, at=at)[1] for each in fitting]
        fitting, why = (), LOOPING
    kept, ended = _ended_by_boot(before, {each.template for each in fitting}, otherwise=why, at=at)
    queue = (*fitting, *kept)
    not_before = booted_at + delay(state.station, spread_s) if queue else None
    state = replace(state, queue=queue, running=None, sending=None, stalled=False, not_before=not_before)
    return state, [*ended, *outputs]


def _fitting(state: StationBoots, references: References) -> tuple[Queued, ...]:
    """The templates that run after the latest boot, in their order."""
    assert state.booted_at is not None
    return tuple(
        Queued(
            run=derived_id(state.station, "boot-run", each.template, state.booted_at.isoformat()),
            template=each.template,
            cause="boot",
            requested_at=state.booted_at,
        )
        for each in provisioned(references[REF_BOOT_TEMPLATES.name])
        if not against_boot(each, state)
    )


def _ended_by_boot(
    state: StationBoots, fitting: set[str], *, otherwise: str, at: datetime
) -> tuple[tuple[Queued, ...], list[Record]]:
    """The orders that stay in the queue after a boot, and the runs that it ends, as they were before it.

    A run of a template that is `fitting` again is replaced by the newer one; any other is dropped, with the reason `otherwise`.
    """
    outputs: list[Record] = []
    orders = [each for each in state.queue if each.cause == "order"]
    if state.running is not None:
        queued, was_reset = state.running.queued, _reset_was_sent(state)
        if queued.template in fitting:
            outputs.append(publish_running(state, state.running, "replaced", REPLACED, at=at)[1])
        elif queued.cause == "order" and not was_reset:
            orders.insert(0, queued)
        else:
            why = RESET if was_reset else otherwise
            outputs.append(publish_running(state, state.running, "dropped", why, at=at)[1])
    outputs += [
        publish_waiting(state, each, "replaced", REPLACED, at=at)[1] for each in orders if each.template in fitting
    ]
    return tuple(each for each in orders if each.template not in fitting), outputs


def _reset_was_sent(state: StationBoots) -> bool:
    """The boot follows from the run's own Reset, its last command: it is not to be sent again."""
    running = state.running
    assert running is not None
    step = running.steps[running.place]
    return step.command == "Reset" and step.attempts > 0
