"""The sessions' pages: what was charged, and one session with its meter chart."""

from typing import Any

import msgspec
from litestar import Request, get

from schemas.anomalies import Anomaly
from services.api.cdrs.bills import bill as bill_of
from services.api.cdrs.rows import Bill
from services.api.console import charts, formats, forms
from services.api.console.charts import Chart
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.contracts import page as contracts
from services.api.sessionlimits import page as limits
from services.api.sessions.routes import SessionPath
from services.api.sessions.rows import MeterReading, Session, SessionFilter
from services.api.sessions.usecases import known_session
from services.api.stations.tabs import of_station
from services.api.web.paging import Page
from services.api.web.parameters import Given

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
    Anomaly.REGISTER_ROLLOVER: "The energy register ran past its last digit; the difference counts.",
    Anomaly.REGISTER_DIP: "One energy reading fell and the next stood as before; it does not count.",
    Anomaly.REGISTER_JUMP: "The energy register rose faster than any charger can; the jump does not count.",
    Anomaly.REGISTER_ERRATIC: "The energy register turned too often; the energy is an estimate.",
    Anomaly.EXPORT_REGISTER_ODD: "The register of the energy given back fell, jumped or rolled over; what is certain counts.",
    Anomaly.INTERVAL_LATE: "An interval came too late to be added to the energy.",
    Anomaly.QUARANTINED: "Some meter values could not be believed; the inbox has them.",
    Anomaly.CROWDED_OUT: "The station has too many running transactions; this one is presumed ended.",
    Anomaly.MATCHED_BY_PLACE: "A message named a transaction that nobody gave; it can only be of this session.",
    Anomaly.ACCEPTED_LATE: "The start was accepted before the decision came, which then said no.",
    Anomaly.REFUSED_LATE: "The start was told Invalid because the decision came late; it would have been accepted.",
    Anomaly.COST_DIFFERS: "Its station computed another cost by its own tariff; the bill counts.",
    Anomaly.ENDED_BY_OPERATOR: "An operator said that it is over.",
    Anomaly.CORRECTED_BY_OPERATOR: "An operator corrected when it ended or what was charged.",
    Anomaly.RELEASED_BY_OPERATOR: "An operator freed its token for other sessions.",
    Anomaly.OVER_BY_STATUS: "No end was heard; the connector's status says that the transaction is over.",
    Anomaly.OVER_BY_BOOT: "No end was heard; the station has restarted since.",
    Anomaly.OVER_BY_TRANSACTION_STATUS: "No end was heard; the station says that it is over, and that nothing of it waits.",
    Anomaly.EVENTS_MISSING: "Events between its first and its last have not come; the station was asked for them.",
    Anomaly.OVER_BY_REFUSED_STOP: "No end was heard; the station knew no such transaction when it was to stop it.",
    Anomaly.OVER_BY_NEXT_START: "No end was heard; the station started the next transaction there.",
    Anomaly.OVER_BY_SILENCE: "No end was heard; the station was away for too long.",
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


async def rows(part_request: PageRequest) -> Page[Session]:
    """Sessions by their start, newest first."""
    where = SessionFilter(
        station=part_request.get("station"),
        active={"yes": True, "no": False}.get(part_request.query.get("active", "")),
        since=forms.moment("from", part_request.query.get("from", "")),
        until=forms.moment("to", part_request.query.get("to", "")),
        token=part_request.get("token"),
        search=part_request.get("search"),
    )
    return await part_request.ports.reads.sessions(where, cursor=part_request.get("cursor"), limit=PAGE_SIZE)


async def summary(part_request: PageRequest) -> Summary:
    """The session's figures."""
    session: Session = part_request.subject
    sentences = {str(anomaly): sentence for anomaly, sentence in ANOMALIES.items()} | {BUS_FORGOTTEN: FORGOTTEN}
    odd = tuple(Odd(name=name, sentence=sentences.get(name, "")) for name in session.anomalies)
    return Summary(session=session, odd=odd)


async def bill(part_request: PageRequest) -> Bill:
    """What the session costs, or cost."""
    session: Session = part_request.subject
    return await bill_of(part_request.ports, session)


async def curves(part_request: PageRequest) -> Chart:
    """Power, energy and state of charge over time."""
    session: Session = part_request.subject
    series = await part_request.ports.reads.session_series(session.session, points=500)
    most = max((point.value for point in series.power_w), default=None)
    given_back = f", {formats.energy(session.exported_wh)} given back" if session.exported_wh else ""
    sentence = f"{formats.energy(session.energy_wh)} charged{given_back}, at most {formats.power(most)}."
    return charts.session(series, sentence)


async def readings(part_request: PageRequest) -> Page[MeterReading]:
    """The session's meter values, oldest first."""
    session: Session = part_request.subject
    return await part_request.ports.reads.meter_values(
        session.session, measurand=part_request.get("measurand"), cursor=part_request.get("cursor"), limit=READINGS
    )


PAGE = Screen(
    title="Sessions",
    nav="sessions",
    template="sessions/page.html",
    parts=(Part(name="rows", template="sessions/rows.html", load=rows, on="session", every_s=2, poll_s=30),),
)
ONE = Screen(
    title="Session",
    nav="sessions",
    template="sessions/one.html",
    parts=(
        Part(name="summary", template="sessions/summary.html", load=summary, on="session", poll_s=15),
        Part(name="bill", template="sessions/bill.html", load=bill, on="session", every_s=5, poll_s=30),
        Part(name="curves", template="sessions/curves.html", load=curves, on="session", every_s=3, poll_s=30),
        Part(name="readings", template="sessions/readings.html", load=readings, on="session", every_s=5),
        limits.CARD,
        contracts.CARD,
        Part(name="orders", template="sessions/orders.html", load=summary),
    ),
)


@get("/sessions")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Sessions of all stations."""
    return await show.page(PAGE, page_request(request, ports))


@get("/sessions/{session:str}")
async def shown(request: Request[Any, Any, Any], session: SessionPath, ports: Given, show: Shown) -> Rendered:
    """One session."""
    found = await known_session(ports, session)
    part_request = page_request(request, ports, found)
    return await show.page(ONE, part_request, title=f"Session at {found.station}", live=of_station(found.station))


HANDLERS = (listed, shown)
