"""A station's charging profiles in the console: those it has, limits of others, forms that set them, and the composite schedule."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.chargingprofiles import STANDING
from schemas.chargingschedules import EXTERNAL
from services.api.chargingprofiles import stored
from services.api.chargingprofiles.routes import ProfilePath
from services.api.chargingprofiles.rows import (
    Answered,
    AskComposite,
    Composite,
    Limit,
    Needs,
    Profile,
    ProfileFilter,
    SetProfile,
)
from services.api.chargingprofiles.usecases import clear_profile, composite, report_profiles, set_profile
from services.api.commands.forms import BY_COMMAND, Form, arguments
from services.api.commands.views import PENDING
from services.api.console import forms
from services.api.console.charts import Chart, Curve
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, is_fragment, page_request
from services.api.sessions.rows import Session, SessionFilter
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.formtokens import form_token_of
from services.api.web.parameters import Given
from services.api.web.problems import invalid

PAGE_SIZE, NEEDS_SHOWN, SUGGESTED, DAY_S = 50, 10, 64, 86_400
TAB = "charging-profiles"
SIMPLE_PURPOSES = ("TxDefaultProfile", "TxProfile", "ChargingStationMaxProfile")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of profiles; `standing`: the statuses of those that can be cleared, `external`: the purposes that cannot."""

    station: str
    profiles: tuple[Profile, ...]
    next_cursor: str | None
    standing: frozenset[str] = STANDING
    external: frozenset[str] = EXTERNAL


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The forms, with what they offer."""

    station: StationDetails
    evses: tuple[int, ...]
    sessions: tuple[Session, ...]
    templates: tuple[str, ...]
    full: Form
    picks: Mapping[str, tuple[str, ...]]
    purposes: tuple[str, ...] = SIMPLE_PURPOSES


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """The form that asks for the composite schedule."""

    station: str
    evses: tuple[int, ...]


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """The composite schedule, drawn; `told` says why there is none."""

    chart: Chart | None
    told: str


async def rows(asked: PageRequest) -> Listed:
    """The station's profiles, the one that changed last first."""
    station = asked.subject.station
    page = await asked.ports.reads.charging_profiles(
        ProfileFilter(station=station), cursor=asked.get("cursor"), limit=PAGE_SIZE
    )
    return Listed(station=station, profiles=page.items, next_cursor=page.next_cursor)


async def limits(asked: PageRequest) -> tuple[Limit, ...]:
    """The limits that others set."""
    return await asked.ports.reads.charging_limits(asked.subject.station)


async def needs(asked: PageRequest) -> tuple[Needs, ...]:
    """What EVs asked for last, and what they got."""
    return (await asked.ports.reads.charging_needs(asked.subject.station, limit=NEEDS_SHOWN)).items


async def offered(asked: PageRequest) -> Setting:
    """The forms for this station."""
    station: StationDetails = asked.subject
    running = await asked.ports.reads.sessions(SessionFilter(station=station.station, active=True), limit=SUGGESTED)
    evses = evses_of(station)
    return Setting(
        station=station,
        evses=evses,
        sessions=running.items,
        templates=tuple(one.template for one in stored.templates(asked.ports)),
        full=BY_COMMAND["SetChargingProfile"],
        picks={
            "evse": ("0", *map(str, evses)),
            "transaction": tuple(session.transaction_id for session in running.items),
        },
    )


async def planned(asked: PageRequest) -> Planned:
    """The form that asks for the composite schedule; it is drawn once that was asked for."""
    station: StationDetails = asked.subject
    return Planned(station=station.station, evses=evses_of(station))


def evses_of(station: StationDetails) -> tuple[int, ...]:
    """The EVSEs that the station has told of."""
    return tuple(dict.fromkeys(each.evse for each in station.connectors if each.evse))


OF_STATION = Screen(
    title="Charging profiles",
    nav="stations",
    template="chargingprofiles/tab.html",
    parts=(
        HEAD,
        Part(name="rows", template="chargingprofiles/rows.html", load=rows, on="charging-profile", poll_s=30),
        Part(name="limits", template="chargingprofiles/limits.html", load=limits, poll_s=30),
        Part(name="needs", template="chargingprofiles/needs.html", load=needs, poll_s=30),
        Part(name="form", template="chargingprofiles/form.html", load=offered),
        Part(name="composite", template="chargingprofiles/composite.html", load=planned),
    ),
)


@get("/stations/{station:str}/charging-profiles")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's profiles, limits, forms and composite schedule."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/charging-profiles", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Set a profile, by the short form or by the full one."""
    given = await forms.posted(request)
    answered = await set_profile(ports, station, full(given) if given.get("form") == "full" else simple(given))
    return show.notice(request, told(answered, station), then=station_url(station, TAB))


@post("/stations/{station:str}/charging-profiles/report", status_code=200)
async def report(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have the station report its profiles."""
    command = await report_profiles(ports, station)
    answers = {"accepted": "is reporting its profiles", PENDING: "has not answered yet"}
    what = "has no profiles" if command.detail == "NoProfiles" else answers.get(command.outcome)
    return show.notice(
        request, f"{station} {what or f'reports none: {command.outcome}'}.", then=station_url(station, TAB)
    )


@post("/stations/{station:str}/charging-profiles/{profile_id:int}/clear", status_code=200)
async def clear(
    request: Request[Any, Any, Any], station: StationPath, profile_id: ProfilePath, ports: Given, show: Shown
) -> Any:
    """Clear a profile."""
    answered = await clear_profile(ports, station, profile_id)
    return show.notice(request, told(answered, station), then=station_url(station, TAB))


@post("/stations/{station:str}/charging-profiles/composite", status_code=200)
async def draw(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Ask for the composite schedule, and draw it."""
    given = await forms.posted(request)
    evse = forms.whole("evse", given.get("evse", "")) or 0
    hours = forms.whole("hours", given.get("hours", "")) or 24
    known = await known_station(ports, station)
    answer = await composite(ports, station, AskComposite(evse=evse, duration_s=min(hours, 8_760) * 3_600))
    said = answer.command.detail or answer.command.outcome
    if not is_fragment(request):
        summary = said if answer.schedule is None else chart_of(answer.schedule).summary
        return show.notice(request, summary, then=station_url(station, TAB))
    drawing = Drawn(
        chart=None if answer.schedule is None else chart_of(answer.schedule),
        told="" if answer.schedule is not None else f"The station tells no schedule: {said}.",
    )
    asked = PageRequest(
        ports=ports,
        path=station_url(station, TAB),
        query={"part": "drawn"},
        now=ports.clock(),
        form_token=form_token_of(request),
        subject=known,
    )
    return await show.page(_drawing(drawing), asked, title=station)


def _drawing(drawing: Drawn) -> Screen:
    async def load(_: PageRequest) -> Drawn:
        return drawing

    part = Part(name="drawn", template="chargingprofiles/drawn.html", load=load)
    return msgspec.structs.replace(OF_STATION, parts=(part,))


def told(answered: Answered, station: str) -> str:
    """What became of it, in a sentence."""
    command, profile = answered.command, answered.profile
    what = f"is {profile.status}" if profile is not None else "was asked for"
    word = f" ({command.detail})" if command.detail else ""
    return f"Profile {answered.profile_id} at {station} {what}; the command is {command.outcome}{word}."


def simple(given: Mapping[str, str]) -> SetProfile:
    """The short form as the API's body: a template, or one limit. Raises Problem."""
    evse, session = forms.whole("evse", given.get("evse", "")), given.get("session", "").strip() or None
    if template := given.get("template", "").strip():
        return forms.body({"template": template, "evse": None if session else evse, "session": session}, SetProfile)
    limit = given.get("limit", "").strip()
    if not limit:
        raise invalid("limit", "say the limit, or choose a template")
    members = {
        "purpose": "TxProfile" if session else given.get("purpose") or "TxDefaultProfile",
        "kind": "Absolute",
        "stack_level": forms.whole("stack_level", given.get("stack_level", "")) or 0,
        "valid_to": forms.moment("valid_to", given.get("valid_to", "")),
        "schedules": [
            {
                "unit": given.get("unit") or None,
                "periods": [{"limit": limit, "phases": forms.whole("phases", given.get("phases", ""))}],
            }
        ],
    }
    return forms.body({"profile": members, "evse": None if session else evse or 0, "session": session}, SetProfile)


def full(given: Mapping[str, str]) -> SetProfile:
    """The full form as the API's body. Raises Problem."""
    filled = arguments(BY_COMMAND["SetChargingProfile"], given)
    return forms.body({"profile": filled.get("profile"), "evse": filled.get("evse")}, SetProfile)


def chart_of(schedule: Composite) -> Chart:
    """The composite schedule as steps: kW, or A."""
    scale, unit = (1_000, "kW") if schedule.unit == "W" else (1, schedule.unit or "A")
    starts = schedule.starts_at.timestamp()
    times: list[float] = []
    values: list[float] = []
    ends = [*(period.start_s for period in schedule.periods[1:]), schedule.duration_s]
    for period, end in zip(schedule.periods, ends, strict=True):
        value = period.limit if period.limit is not None else period.setpoint
        if value is not None:
            times += [starts + period.start_s, starts + max(end - 1, period.start_s)]
            values += [float(value) / scale] * 2
    curve = Curve(label="Limit", unit=unit, tone="power", shape="area", times=tuple(times), values=tuple(values))
    most = f"at most {curve.most:g} {unit}" if times else "no limit"
    return Chart(
        name=f"composite-{schedule.evse}",
        summary=f"What the station will allow at {_place(schedule.evse)}: {most}.",
        curves=(curve,),
    )


def _place(evse: int) -> str:
    return f"EVSE {evse}" if evse else "the whole station"


HANDLERS = (shown, save, report, clear, draw)
