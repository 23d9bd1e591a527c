"""The sessions' pages: what was charged, and one session with its meter chart."""

from typing import Any

import msgspec
from litestar import Request, get

from schemas.transactions import Anomaly
from services.api.billmodel import Bill
from services.api.bills import bill as bill_of
from services.api.console import charts, formats, forms
from services.api.console.charts import Chart
from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.console.station import of_station
from services.api.models import Given
from services.api.problems import not_found
from services.api.readmodel import MeterReading, Session, SessionFilter
from services.api.readmodel import Page as Rows
from services.api.rest.sessions import SessionPath

PAGE_SIZE, READINGS = 50, 100

ANOMALIES = {
    Anomaly.CLOCK_SUSPECT: "The station's clock cannot be right.",
    Anomaly.CLOCK_UNREADABLE: "A time of the station could not be read; ours stands for it.",
    Anomaly.START_MISSING: "No start was heard: the session begins with its first known fact.",
    Anomaly.TRANSACTION_UNKNOWN: "The end of a transaction that was never given to this station.",
    Anomaly.STARTED_TWICE: "Two different starts of one transaction; the earlier stands.",
    Anomaly.ENDED_TWICE: "Two different ends of one transaction; the earlier stands.",
    Anomaly.EVSE_MISMATCH: "A message named another EVSE or connector than the start.",
    Anomaly.BEGIN_NOT_BELIEVED: "The start reading cannot be right; the first believable one stands for it.",
    Anomaly.REGISTER_BACKWARDS: "The energy register ran backwards; first and last reading count.",
    Anomaly.REGISTER_RESET: "The energy register was reset; what was charged before and after is added.",
    Anomaly.REGISTER_DIP: "One energy reading fell and the next stood as before; it does not count.",
    Anomaly.REGISTER_JUMP: "The energy register rose faster than any charger can; the jump does not count.",
    Anomaly.REGISTER_ERRATIC: "The energy register turned too often; the energy is an estimate.",
    Anomaly.INTERVAL_LATE: "An interval came too late to be added to the energy.",
    Anomaly.QUARANTINED: "Some meter values could not be believed; the inbox has them.",
    Anomaly.CROWDED_OUT: "The station has too many running transactions; this one is presumed ended.",
}
"""What is odd about a session, in a sentence each."""


BUS_FORGOTTEN = "bus-forgotten"
FORGOTTEN = "The embedded bus stopped while this session ran; how it went on is not known."
"""The word that the history adds itself, where nothing else can end a session."""


class Odd(msgspec.Struct, frozen=True, kw_only=True):
    """An anomaly with its sentence."""

    name: str
    sentence: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A session with what is odd about it."""

    session: Session
    odd: tuple[Odd, ...]


async def rows(asked: Asked) -> Rows[Session]:
    """Sessions by their start, newest first."""
    where = SessionFilter(
        station=asked.get("station"),
        active={"yes": True, "no": False}.get(asked.query.get("active", "")),
        since=forms.moment("from", asked.query.get("from", "")),
        until=forms.moment("to", asked.query.get("to", "")),
        token=asked.get("token"),
        search=asked.get("search"),
    )
    return await asked.ports.reads.sessions(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def summary(asked: Asked) -> Summary:
    """The session's figures."""
    session: Session = asked.subject
    sentences = {str(anomaly): sentence for anomaly, sentence in ANOMALIES.items()} | {BUS_FORGOTTEN: FORGOTTEN}
    odd = tuple(Odd(name=name, sentence=sentences.get(name, "")) for name in session.anomalies)
    return Summary(session=session, odd=odd)


async def bill(asked: Asked) -> Bill:
    """What the session costs, or cost."""
    session: Session = asked.subject
    return await bill_of(asked.ports, session)


async def curves(asked: Asked) -> Chart:
    """Power, energy and state of charge over time."""
    session: Session = asked.subject
    series = await asked.ports.reads.session_series(session.session, points=500)
    most = max((point.value for point in series.power_w), default=None)
    told = f"{formats.energy(session.energy_wh)} charged, at most {formats.power(most)}."
    return charts.session(series, told)


async def readings(asked: Asked) -> Rows[MeterReading]:
    """The session's meter values, oldest first."""
    session: Session = asked.subject
    return await asked.ports.reads.meter_values(
        session.session, measurand=asked.get("measurand"), cursor=asked.get("cursor"), limit=READINGS
    )


PAGE = Page(
    title="Sessions",
    nav="sessions",
    template="sessions.html",
    parts=(Part(name="rows", template="sessions/rows.html", load=rows, on="session", every_s=2, poll_s=30),),
)
ONE = Page(
    title="Session",
    nav="sessions",
    template="session.html",
    parts=(
        Part(name="summary", template="sessions/summary.html", load=summary, on="session", poll_s=15),
        Part(name="bill", template="sessions/bill.html", load=bill, on="session", every_s=5, poll_s=30),
        Part(name="curves", template="sessions/curves.html", load=curves, on="session", every_s=3, poll_s=30),
        Part(name="readings", template="sessions/readings.html", load=readings, on="session", every_s=5),
    ),
)


@get("/sessions")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Sessions of all stations."""
    return await show.page(PAGE, asked_of(request, ports))


@get("/sessions/{session:str}")
async def shown(request: Request[Any, Any, Any], session: SessionPath, ports: Given, show: Shown) -> Rendered:
    """One session."""
    found = await ports.reads.session(session)
    if found is None:
        raise not_found(f"There is no session {session!r}.")
    asked = asked_of(request, ports, found)
    return await show.page(ONE, asked, title=f"Session at {found.station}", live=of_station(found.station))


HANDLERS = (listed, shown)
