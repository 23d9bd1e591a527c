"""The firmware pages: campaigns, one campaign's board of waves, and the form that starts one."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, cast

import msgspec
from litestar import Request, get, post
from litestar.params import PathParameter

from schemas.campaigns import CampaignChanged, GateVerdict, WaveProgress
from schemas.firmware import FAILED, FINAL, IN_FLIGHT, MISSED
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, campaign_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.firmware import usecases
from services.api.firmware.forms import extension, rules, sentence, wanted
from services.api.firmware.routes import (
    CampaignPath,
)
from services.api.firmware.rows import CampaignView, UpdateHistoryRow, UpdateRow
from services.api.firmware.usecases import STEERABLE, known_campaign
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import not_found

PAGE_SIZE = 50
HISTORY_SIZE = 200
MOST_CELLS = 400
"""Cells of one wave: beyond, a cell stands for several stations."""

ActionPath = Annotated[str, PathParameter(description="What the campaign is asked to do.")]

BUTTONS = {"pause": "Pause", "resume": "Resume", "retry": "Retry the failed", "cancel": "Cancel"}


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """One wave of the board. `runs`: how many cells in a row have which state; `each`: how many stations a cell stands for."""

    number: int
    stations: int
    each: int
    runs: tuple[tuple[str, int], ...]
    counts: Mapping[str, int]
    verdict: str
    begun: bool


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as its page shows it. `rules`: what it goes by, in words by name; `extendable`: whether limits may change."""

    campaign: CampaignChanged
    waves: tuple[Cells, ...]
    buttons: Mapping[str, str]
    figures: Mapping[str, int]
    rules: Mapping[str, str]
    extendable: bool


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What one station's update came to, change by change; no station: none was asked for."""

    station: str = ""
    rows: tuple[UpdateHistoryRow, ...] = ()


async def rows(part_request: PageRequest) -> Page[CampaignView]:
    """Campaigns, the newest first."""
    return await usecases.campaign_page(part_request.ports, cursor=part_request.get("cursor"), limit=PAGE_SIZE)


async def nothing(part_request: PageRequest) -> None:
    """The form begins empty."""


async def board(part_request: PageRequest) -> Board:
    """The waves of one campaign, its gates and its course."""
    campaign = known_campaign(part_request.ports, cast(CampaignChanged, part_request.subject).campaign)
    failing = any(campaign.counts.get(str(state)) for state in FAILED | MISSED)
    buttons = {
        action: words
        for action, words in BUTTONS.items()
        if campaign.status in STEERABLE[action] and (action != "retry" or failing)
    }
    return Board(
        campaign=campaign,
        waves=tuple(_cells(number, wave, campaign) for number, wave in enumerate(campaign.waves)),
        buttons=buttons,
        figures=_figures(campaign),
        rules=dict(rules(campaign)),
        extendable=campaign.status in STEERABLE["extend"],
    )


def _figures(campaign: CampaignChanged) -> dict[str, int]:
    def count(states: Any) -> int:
        return sum(campaign.counts.get(str(state), 0) for state in states)

    return {
        "Stations": campaign.stations,
        "Succeeded": count(("succeeded", "already-current")),
        "At work": count(IN_FLIGHT),
        "Failed": count(FAILED),
        "To come": campaign.stations - count(FINAL) - count(IN_FLIGHT),
    }


def _cells(number: int, wave: WaveProgress, campaign: CampaignChanged) -> Cells:
    size = wave.end - wave.first
    each = max(1, -(-size // MOST_CELLS))
    verdict = next((one for one in campaign.verdicts if one.wave == number), None)
    return Cells(
        number=number + 1,
        stations=size,
        each=each,
        runs=tuple(_runs(wave.counts, each)),
        counts=wave.counts,
        verdict="" if verdict is None else _verdict(verdict),
        begun=campaign.started_at is not None and number <= campaign.wave,
    )


def _verdict(verdict: GateVerdict) -> str:
    tried = verdict.succeeded + verdict.failed
    if not verdict.passed:
        return f"Gate closed: {verdict.reason}"
    return f"Gate passed: {verdict.reason or f'{verdict.succeeded} of {tried} succeeded'}"


def _runs(counts: Mapping[str, int], each: int) -> Iterator[tuple[str, int]]:
    """Those that are over first, those whose turn has not come last."""
    order = Counter(counts)
    for state in sorted(order, key=lambda one: (one == "pending", one not in set(map(str, FINAL)), one)):
        yield state, -(-order[state] // each)


async def updates(part_request: PageRequest) -> Page[UpdateRow]:
    """The campaign's stations, a page at a time."""
    campaign = cast(CampaignChanged, part_request.subject).campaign
    return await usecases.update_page(
        part_request.ports,
        campaign,
        state=part_request.get("state"),
        cursor=part_request.get("cursor"),
        limit=PAGE_SIZE,
    )


async def history(part_request: PageRequest) -> History:
    """The course of the update of the station that was asked for."""
    station = part_request.get("station")
    if station is None:
        return History()
    campaign = cast(CampaignChanged, part_request.subject).campaign
    found = await usecases.history_page(part_request.ports, campaign, station, limit=HISTORY_SIZE)
    return History(station=station, rows=found.items)


PAGE = Screen(
    title="Firmware",
    nav="firmware",
    template="firmware/page.html",
    parts=(
        Part(name="rows", template="firmware/rows.html", load=rows, poll_s=5),
        Part(name="form", template="firmware/form.html", load=nothing),
    ),
)
ONE = Screen(
    title="Firmware campaign",
    nav="firmware",
    template="firmware/one.html",
    parts=(
        Part(name="board", template="firmware/board.html", load=board, poll_s=2),
        Part(name="extend", template="firmware/extend.html", load=board),
        Part(name="history", template="firmware/history.html", load=history, poll_s=5),
        Part(name="updates", template="firmware/updates.html", load=updates, poll_s=5),
    ),
)


@get("/firmware")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All campaigns."""
    return await show.page(PAGE, page_request(request, ports))


@get("/firmware/{campaign:str}")
async def shown(request: Request[Any, Any, Any], campaign: CampaignPath, ports: Given, show: Shown) -> Rendered:
    """One campaign."""
    campaign_record = known_campaign(ports, campaign)
    return await show.page(ONE, page_request(request, ports, campaign_record), title=campaign_record.name)


@post("/firmware", status_code=200)
async def start(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Start a campaign."""
    body = wanted(await forms.posted(request))
    draft = await usecases.start(ports, body)
    begun = f"{body.name} has begun: {sentence(draft)}"
    return show.notice(request, begun, then=campaign_url(draft.campaign), warnings=draft.warnings)


@post("/firmware/try", status_code=200)
async def try_out(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Say what a campaign would come to; nothing is started."""
    body = wanted(await forms.posted(request))
    draft = await usecases.start(ports, body, dry_run=True)
    text = f"Nothing was started. It would be {sentence(draft)}"
    return show.notice(request, text, then="/firmware", warnings=draft.warnings)


@post("/firmware/{campaign:str}/{action:str}", status_code=200)
async def steered(
    request: Request[Any, Any, Any], campaign: CampaignPath, action: ActionPath, ports: Given, show: Shown
) -> Any:
    """Pause, resume, cancel, retry; extend, with its form."""
    if action == "extend":
        await usecases.extend(ports, campaign, extension(await forms.posted(request)))
    elif action in BUTTONS:
        await usecases.steer(ports, campaign, action)
    else:
        raise not_found(f"A campaign cannot be asked to {action}.")
    return show.notice(request, f"The campaign was asked to {action}.", then=campaign_url(campaign))


HANDLERS = (listed, shown, start, try_out, steered)
