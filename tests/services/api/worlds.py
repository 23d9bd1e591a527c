"""Worlds for the console: what a fleet looks like, and what the worst of stations would send."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from schemas.boottemplates import BootStations, BootStep
from schemas.commands import ItemOutcome
from schemas.compatibility import CompatibilityProvisioned, Row, Rule
from schemas.configuration import SetConfiguration, Setting
from schemas.stations import ConnectorState
from services.api.boottemplates.rows import run_of
from services.api.commands.rows import CommandView
from services.api.conversations.rows import Cause, Exchange
from services.api.fakes import NOON, FakeReads, World
from services.api.history.curves import Point
from services.api.inbox.rows import DeadLetter, DeviationCount, Fact, QuarantinedValue
from services.api.overview.rows import EnergyHour, FleetOverview
from services.api.sessions.rows import MeterReading, SessionSeries
from services.api.sessions.views import session_of
from services.api.stations.rows import ConnectorStatusChange, Frame, StationEvent
from services.api.stations.views import station_of
from services.api.web.paging import Page
from tests.services.api.builders import a_boot_run, a_boot_template, a_session, a_state, a_token, an_answer, an_exchange

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>{{7*7}}"

NAME = "DE-BER-0001"


class FullReads(FakeReads):
    """Reads with something in every list; `text` stands wherever a station or an operator may put any text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    async def fleet_overview(self, now: Any) -> FleetOverview:
        known = await super().fleet_overview(now)
        return msgspec.structs.replace(
            known,
            connected_by_version={"1.6": 1},
            connectors_by_status={"Available": 3, "Faulted": 1},
            faults=1,
            power_w=Decimal(22_080),
        )

    async def fleet_power(self, *_: Any, **__: Any) -> tuple[Point, ...]:
        return (Point(NOON - timedelta(minutes=1), 11_000.0), Point(NOON, 22_080.0))

    async def station_power(self, *_: Any, **__: Any) -> tuple[Point, ...]:
        return await self.fleet_power()

    async def energy_by_hour(self, *_: Any, **__: Any) -> tuple[EnergyHour, ...]:
        hours = (NOON - timedelta(hours=1), NOON)
        return tuple(EnergyHour(hour=hour, energy_wh=Decimal(7321)) for hour in hours)

    async def session_series(self, *_: Any, **__: Any) -> SessionSeries:
        points = await self.fleet_power()
        return SessionSeries(energy_wh=points, power_w=points, soc_percent=(Point(NOON, 42.0),))

    async def station_events(self, *_: Any, **__: Any) -> Page[StationEvent]:
        detail = {"vendor": self.text, "model": self.text, "reason": self.text}
        events = (
            StationEvent(id=f"e{n}", station=self.text, event=event, at=NOON, detail=detail)
            for n, event in enumerate(("booted", "connected", "disconnected"))
        )
        return Page(tuple(events), "next")

    async def connector_status_history(self, *_: Any, **__: Any) -> Page[ConnectorStatusChange]:
        text = self.text
        change = ConnectorStatusChange(
            id=text, station=text, evse=1, connector=1, status="Faulted", detail=text, error_code=text, info=text,
            vendor_id=text, vendor_error_code=text, at=NOON, received_at=NOON,
        )  # fmt: skip
        return Page((change,))

    async def quarantine(self, *_: Any, **__: Any) -> Page[QuarantinedValue]:
        text = self.text
        value = QuarantinedValue(
            id=text, station=text, session=text, evse=1, transaction_id=text, reason=text, meter_value={text: text},
            at=NOON, received_at=NOON,
        )  # fmt: skip
        return Page((value,))

    async def dead_letters(self, *_: Any, **__: Any) -> Page[DeadLetter]:
        text = self.text
        letter = DeadLetter(
            id=text, service=text, topic=text, partition=0, offset=7, key=text, value=text, encoding=text, reason=text,
            at=NOON,
        )  # fmt: skip
        return Page((letter,))

    async def facts(self, *_: Any, **__: Any) -> Page[Fact]:
        text = self.text
        return Page((Fact(id=text, station=text, noun=text, action=text, payload={text: text}, at=NOON),))


def filled(text: str = "Norvolt") -> World:
    """A world with something in every list, with `text` wherever any text may be."""
    world = World()
    reads = FullReads(text)
    world.reads = reads
    connectors = tuple(
        ConnectorState(evse=evse, connector=1, status=status, detail=text, error_code=text, info=text, at=NOON)
        for evse, status in ((1, "Occupied"), (2, "Faulted"))
    )
    state = a_state(
        vendor=text, model=text, serial_number=text, firmware_version=text, site=text, labels={text: text},
        remote_address=text, connectors=connectors, seen_at=NOON, booted_at=NOON,
    )  # fmt: skip
    world.bus.hold(state)
    world.bus.hold(a_token(token=text.upper(), label=text, group=text[:36]))
    row = Row(name="mine", vendor=text[:64], rules=(Rule.NO_PONG,), deviations=(text,), note=text)
    world.bus.hold(CompatibilityProvisioned(name="mine", row=row, provisioned_at=NOON, provisioned_by=text))
    _boots(world, text)
    reads.deviation_rows = (
        DeviationCount(
            vendor=text, model=text, firmware_version=text, version="1.6", action=text, rule=text, path=text, messages=3,
            stations=2, station=text, first_at=NOON, last_at=NOON,
        ),
    )  # fmt: skip
    reads.station_rows = {NAME: station_of(state), text: station_of(msgspec.structs.replace(state, station=text))}
    session = a_session(transaction_id=text, stopped_reason=text, charging_state=text, anomalies=("quarantined", text))
    reads.session_rows = {"s1": session_of(session)}
    reads.frame_rows = (_frame(text, "in"), _frame(text, "out"))
    reads.exchange_rows = tuple(_exchange(text, direction) for direction in ("in", "out"))
    reads.command_rows = {"c1": _command(text, "pending"), "c2": _command(text, "rejected")}
    reads.reading_rows = (
        MeterReading(
            id=text, at=NOON, measurand=text, phase=text, context=text, location=text, value=Decimal("1.5"), unit=text,
            received_at=NOON,
        ),
    )  # fmt: skip
    return world


def _boots(world: World, text: str) -> None:
    stations = BootStations(vendor=text[:64], sites=(text,), labels={text: text})
    command = SetConfiguration(settings=(Setting(key=text, value=text),))
    world.bus.hold(a_boot_template("mine", command, command, title=text, stations=stations, reasons=("PowerUp",)))
    world.bus.hold(a_boot_template("others", command, stations=BootStations(station=text[:64])))
    items = (ItemOutcome(name=text, status=text, reason=text),)
    step = BootStep(
        command=text, status="partial", command_id=text, attempts=2, detail=text, items=items, reboot_required=True
    )
    run = a_boot_run(template="mine", title=text, why=text, boot_reason=text, requested_by=text, steps=(step,))
    world.reads.boot_run_rows = {"run-1": run_of(run)}


def _frame(text: str, direction: str) -> Frame:
    return Frame(
        id=text + direction, station=NAME, version="1.6", epoch=1, sequence=1, direction=direction, kind="call",
        message_id=text, action=text, error=text, text=f'[2,"1","{text}"]', size=20, at=NOON,
    )  # fmt: skip


def _exchange(text: str, direction: str) -> Exchange:
    answer = an_answer(error=text, text=text)
    return an_exchange(
        id=text + direction, station=NAME, direction=direction, message_id=text, action=text, transaction_id=text,
        text=f'[2,"1","{text}"]', answer=answer, command=Cause(command_id=text, command=text, requested_by=text),
    )  # fmt: skip


def _command(text: str, outcome: str) -> CommandView:
    return CommandView(
        command_id="c1" if outcome == "pending" else "c2", station=text, command="RawCall",
        arguments={"action": text, "payload": {text: text}}, outcome=outcome, response={text: text}, error_code=text,
        detail=text, items=(ItemOutcome(name=text, status=text, reason=text),), reboot_required=True, sent=True,
        priority=5, when_offline="wait", requested_by=text, requested_at=NOON, expires_at=NOON,
        cancel_requested_at=None, settled_at=NOON,
    )  # fmt: skip
