"""One EVSE of a simulated station: cars come, plug in, are authorised, charge along their curve and leave."""

import asyncio
import uuid
from datetime import datetime, timedelta
from random import Random
from typing import Literal, Protocol

import msgspec

from loadtest.ocpp.intents import BayView, Reserve, StartCharging
from loadtest.ocpp.limits21 import Limits, reached
from loadtest.ocpp.messages import (
    BEGIN,
    END,
    AnyFact,
    Authorized,
    ConnectorState,
    Dialect,
    Ended,
    LimitSet,
    Measured,
    ModeChanged,
    Sample,
    Started,
    StateChanged,
    StopReason,
    TariffChanged,
    Transaction,
)
from loadtest.ocpp.needs2x import Car
from loadtest.ocpp.payments21 import is_payment
from loadtest.station.clock import Clock
from loadtest.station.curve import Charged, Curve, Meter, advance, full, gives_back, soc_percent
from loadtest.station.drawing import Drawing, Drawn
from loadtest.station.limiting import Limiting

BEHIND_S = 20
"""A bay whose time lags by more than this sends its facts as offline facts: it reports the past."""

BEHIND_SAMPLE_S = 30
FAULT_LASTS_S = 25
UNAVAILABLE_CHECK_S = 30.0


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One car's stay, decided when it comes."""

    curve: Curve
    token: str
    plug_s: int = 2
    linger_s: int = 15
    unplug_s: int = 4
    leaves: Literal["Local", "EVDisconnected"] = "Local"
    fault_after_s: int | None = None
    remote: StartCharging | None = None


class Host(Protocol):
    """What a bay needs of its station."""

    clock: Clock
    dialect: Dialect

    @property
    def online(self) -> bool: ...
    @property
    def drawn(self) -> Drawn | None: ...
    def sample_interval_s(self) -> int: ...
    @property
    def limiting(self) -> Limiting: ...
    def authorizes_remote_starts(self) -> bool: ...
    def reserved(self, evse: int) -> Reserve | None: ...
    def use_reservation(self, evse: int, token: str) -> int | None: ...
    def tell_status(self, evse: int) -> None: ...
    def record(self, fact: AnyFact, transaction: Transaction) -> None: ...
    async def authorize(self, token: str) -> bool: ...


class Traffic(Protocol):
    """Which cars come to a bay, and when. The first one may have come `backdate_s` ago."""

    first_in_s: float
    backdate_s: int

    def gap_s(self) -> float: ...
    def visit(self, remote: StartCharging | None) -> Visit: ...


class Bay:
    """An EVSE with its connector, its meter and its cars."""

    def __init__(self, evse: int, *, meter: Meter, host: Host, random: Random, ids: Random | None = None) -> None:
        self.evse = evse
        self.state: ConnectorState = "Available"
        self.operative = True
        self.drawing = Drawing(evse, host.drawn)
        self.transaction: Transaction | None = None
        self._meter = meter
        self._host = host
        self._random = random
        self._ids = ids or random
        self._at = host.clock.now()
        self._charged = Charged()
        self._curve = Curve(peak_w=0, battery_wh=1, soc_start_percent=0, soc_target_percent=100)
        self._called = asyncio.Event()
        self._stop: StopReason | None = None
        self._summons: StartCharging | None = None

    # -- what the station asks ----------------------------------------------------------------------------------------

    def view(self) -> BayView:
        """The bay as a command finds it."""
        running = None if self.transaction is None else self.transaction.transaction_id or ""
        free = self.state in ("Available", "Reserved") and self._summons is None
        outlet = self._meter.outlet
        view = BayView(evse=self.evse, state=self.state, transaction_id=running, free=free)
        began_at = None if self.transaction is None else self.transaction.served_at
        return msgspec.structs.replace(view, phases=outlet.phases, peak_w=outlet.peak_w, began_at=began_at)

    @property
    def peak_w(self) -> int:
        """What the outlet can give."""
        return self._meter.outlet.peak_w

    def car(self) -> Car:
        """The EV as it stands there now."""
        curve, soc = self._curve, soc_percent(self._curve, self._charged)
        lacks = max(0.0, curve.soc_target_percent - soc) / 100
        return Car(
            phases=self._meter.loaded(curve),
            peak_w=curve.peak_w,
            wanted_wh=int(curve.battery_wh * lacks),
            battery_wh=curve.battery_wh,
            soc_percent=soc,
        )

    def sample(self) -> Sample:
        """What the meter shows now."""
        return self._meter.sample(self._curve, self._charged, at=self._host.clock.now(), limit_w=self._cap_w())

    def stop(self, reason: StopReason) -> None:
        """End the running transaction."""
        if self.transaction is not None:
            self._stop = reason
            self._called.set()

    def wake(self) -> None:
        """What the bay waits for may have changed."""
        self._called.set()

    def summon(self, remote: StartCharging) -> None:
        """Somebody starts from afar: a car is there at once."""
        self._summons = remote
        self._called.set()

    def set_operative(self, operative: bool) -> None:
        """In or out of operation; a running transaction ends first."""
        self.operative = operative
        self._called.set()

    def limit(self, transaction: Transaction, limits: Limits | None) -> None:
        """The CSMS limits a transaction: kept to from now on, and confirmed where it still runs (E16.FR.03)."""
        if limits is None or self.transaction is not transaction:
            return
        transaction.limits = limits
        number = transaction.seq_no()
        said = LimitSet(
            at=self._at, seq_no=number, offline=self._offline(), sample=self._look(), limit=limits.payload()
        )
        self._record(said)

    def change_tariff(self) -> None:
        """What runs here goes on by another tariff (I11.FR.07)."""
        if (transaction := self.transaction) is not None:
            self._record(
                TariffChanged(at=self._at, seq_no=transaction.seq_no(), offline=self._offline(), sample=self._look())
            )

    # -- the life of an EVSE ------------------------------------------------------------------------------------------

    async def run(self, traffic: Traffic) -> None:
        """Serve cars until cancelled. For a car that came in the past, the station first sends the facts it kept."""
        wait_s, backdate_s = traffic.first_in_s, traffic.backdate_s
        while True:
            remote = await self._wait_for_a_car(wait_s)
            self._at = self._host.clock.now() - timedelta(seconds=backdate_s)
            visit = traffic.visit(remote)
            if self._welcomes(visit):
                await self.serve(visit)
            wait_s, backdate_s = traffic.gap_s(), 0

    async def _wait_for_a_car(self, wait_s: float) -> StartCharging | None:
        clock = self._host.clock
        until = clock.now() + timedelta(seconds=wait_s)
        while True:
            idle: ConnectorState = "Reserved" if self._host.reserved(self.evse) is not None else "Available"
            self._become(idle if self.operative else "Unavailable")
            left_s = (until - clock.now()).total_seconds()
            if self._summons is not None or (left_s <= 0 and self.operative):
                summons, self._summons = self._summons, None
                return summons
            self._called.clear()
            await clock.wait(max(left_s, UNAVAILABLE_CHECK_S if not self.operative else 0.0), self._called)

    def _welcomes(self, visit: Visit) -> bool:
        """A reserved EVSE is for its token alone (H03.FR.01; 1.6, 5.13): another car drives on."""
        reservation, token = self._host.reserved(self.evse), _token(visit)
        return reservation is None or reservation.token == token

    async def serve(self, visit: Visit) -> None:
        """One car, from plug to unplug."""
        self._charged, self._curve, self._stop = Charged(), visit.curve, None
        self._become("Preparing")
        if self._host.dialect.starts_when_plugged:
            self._begin(visit, authorized=False)
        await self._pass(visit.plug_s)
        reason = self._stop or await self._charge(visit)
        self._end(reason)
        if reason == "Other":
            self._become("Faulted")
            await self._pass(FAULT_LASTS_S)
        else:
            self._become("Finishing")
            await self._pass(visit.unplug_s)
        self._meter, self._charged = self._meter.after(self._charged), Charged()

    async def _charge(self, visit: Visit) -> StopReason:
        if not await self._admitted(visit):
            return "DeAuthorized"
        transaction = self.transaction
        if transaction is None:
            self._begin(visit, authorized=True)
        else:
            number = self._host.use_reservation(self.evse, transaction.token)
            self._record(
                Authorized(at=self._at, seq_no=transaction.seq_no(), offline=self._offline(), reservation_id=number)
            )
        assert self.transaction is not None
        self.transaction.served_at = self._at
        self._become("Charging")
        self._change("Charging")
        await self._fill(visit)
        self.drawing.nothing(self._host.clock.now())
        if self._stop is not None:
            return self._stop
        if not full(visit.curve, self._charged):
            return "Other"
        self._become("SuspendedEV")
        self._change("SuspendedEV")
        await self._pass(visit.linger_s)
        return self._stop or visit.leaves

    async def _admitted(self, visit: Visit) -> bool:
        if visit.remote is not None and not self._host.authorizes_remote_starts():
            return True
        if self._offline():
            return True  # LocalAuthorizeOffline: nobody is there to ask
        if is_payment(_token(visit)):
            return True  # its bank has authorized the payment (C18.FR.03)
        return await self._host.authorize(visit.token)

    async def _fill(self, visit: Visit) -> None:
        """Charge, second by second, until the car is full, somebody stops it, or it fails."""
        unsaid_s = self._random.randrange(3)
        while self._stop is None and not full(visit.curve, self._charged):
            if self._charged.elapsed_s == visit.fault_after_s:
                return
            if not await self._pass(1):
                continue
            gave_back, cap_w = gives_back(visit.curve, self._charged), self._cap_w()
            self._suspend(cap_w == 0)
            self._charged = advance(visit.curve, self._charged, 1, limit_w=cap_w)
            if not self._behind():
                self.drawing.tell(self._meter, visit.curve, self._charged, limit_w=cap_w, at=self._host.clock.now())
            if gives_back(visit.curve, self._charged) != gave_back:
                self._turn(gives=not gave_back)
            self._stop = self._stop or self._reached()
            unsaid_s += 1
            if unsaid_s >= (BEHIND_SAMPLE_S if self._behind() else self._host.sample_interval_s()):
                unsaid_s = 0
                self._measure()

    def _reached(self) -> StopReason | None:
        """The limit that the transaction has reached."""
        transaction = self.transaction
        if transaction is None or transaction.limits is None or transaction.began_at is None:
            return None
        elapsed_s = (self._at - transaction.began_at).total_seconds()
        return reached(transaction.limits, self._look(), start_wh=transaction.meter_start_wh, elapsed_s=elapsed_s)

    # -- facts --------------------------------------------------------------------------------------------------------

    def _begin(self, visit: Visit, *, authorized: bool) -> None:
        dialect = self._host.dialect
        chosen = str(uuid.UUID(int=self._ids.getrandbits(128), version=4)) if dialect.chooses_transaction_id else None
        begin = self._look(BEGIN)
        token = _token(visit)
        transaction = Transaction(evse=self.evse, token=token, transaction_id=chosen, meter_start_wh=begin.register_wh)
        trigger: Literal["Authorized", "CablePluggedIn", "RemoteStart"] = (
            "Authorized" if authorized else "CablePluggedIn"
        )
        if visit.remote is not None:
            transaction.remote_start_id, trigger = visit.remote.remote_start_id, "RemoteStart"
        transaction.began_at = self._at
        self.transaction = transaction
        authorized = authorized or visit.remote is not None
        self._record(
            Started(
                at=self._at,
                seq_no=transaction.seq_no(),
                offline=self._offline(),
                sample=begin,
                trigger=trigger,
                authorized=authorized,
                reservation_id=self._host.use_reservation(self.evse, token) if authorized else None,
            )
        )

    def _change(self, state: Literal["Charging", "SuspendedEV", "SuspendedEVSE"]) -> None:
        assert self.transaction is not None
        number = self.transaction.seq_no()
        self._record(
            StateChanged(at=self._at, seq_no=number, offline=self._offline(), state=state, sample=self._look())
        )

    def _turn(self, *, gives: bool) -> None:
        """Energy flows in the other direction from here on."""
        assert self.transaction is not None
        number = self.transaction.seq_no()
        mode: Literal["CentralSetpoint", "ChargingOnly"] = "CentralSetpoint" if gives else "ChargingOnly"
        self._record(ModeChanged(at=self._at, seq_no=number, offline=self._offline(), mode=mode, sample=self._look()))

    def _measure(self) -> None:
        assert self.transaction is not None
        number = self.transaction.seq_no()
        self._record(Measured(at=self._at, seq_no=number, offline=self._offline(), sample=self._look()))

    def _end(self, reason: StopReason) -> None:
        transaction, self._stop = self.transaction, None
        if transaction is None:
            return  # refused before anything began
        self._record(
            Ended(
                at=self._at, seq_no=transaction.seq_no(), offline=self._offline(), sample=self._look(END), reason=reason
            )
        )
        self.transaction = None

    def _record(self, fact: AnyFact) -> None:
        assert self.transaction is not None
        self._host.record(fact, self.transaction)

    def _look(self, context: str = "Sample.Periodic") -> Sample:
        return self._meter.sample(self._curve, self._charged, at=self._at, context=context, limit_w=self._cap_w())

    def _cap_w(self) -> int | None:
        """What profiles and others allow now."""
        amps = self._host.limiting.amps(self.evse, self.transaction, self._at)
        return self.drawing.cap_w(self._meter, self._curve, amps)

    def _suspend(self, suspended: bool) -> None:
        """Profiles let nothing flow, or something again."""
        state: Literal["Charging", "SuspendedEVSE"] = "SuspendedEVSE" if suspended else "Charging"
        if state != self.state:
            self._become(state)
            self._change(state)

    def _become(self, state: ConnectorState) -> None:
        if state != self.state:
            self.state = state
            self._host.tell_status(self.evse)

    # -- time ---------------------------------------------------------------------------------------------------------

    async def _pass(self, seconds: int) -> bool:
        """Let time pass for this bay; no waiting while it is behind the present. False where a stop came meanwhile."""
        self._at += timedelta(seconds=seconds)
        ahead_s = (self._at - self._host.clock.now()).total_seconds()
        if ahead_s > 0:
            self._called.clear()
            await self._host.clock.wait(ahead_s, self._called)
            self._at = min(self._at, self._host.clock.now())
        return self._stop is None

    def _behind(self) -> bool:
        return self._since_s(self._host.clock.now()) > BEHIND_S

    def _offline(self) -> bool:
        return self._behind() or not self._host.online

    def _since_s(self, now: datetime) -> float:
        return (now - self._at).total_seconds()


def _token(visit: Visit) -> str:
    return visit.token if visit.remote is None else visit.remote.token
