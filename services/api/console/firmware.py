"""The firmware pages: campaigns, one campaign's board of waves, and the form that starts one."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, cast

import msgspec
from litestar import Request, get, post
from litestar.params import PathParameter

from schemas.campaigns import CampaignChanged, WaveProgress
from schemas.firmware import FAILED, FINAL, IN_FLIGHT, MISSED
from services.api.console import forms
from services.api.console.pages import Asked, Page, Part, campaign_url
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.firmwaremodel import CampaignDraft, CampaignView, StartCampaign, UpdateRow
from services.api.models import Given
from services.api.problems import not_found
from services.api.readmodel import Page as Rows
from services.api.rest.firmware import (
    STEERABLE,
    CampaignPath,
    known_campaign,
    list_campaigns,
    list_updates,
    start_campaign,
    steer_campaign,
)

PAGE_SIZE = 50
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
    """A campaign as its page shows it."""

    campaign: CampaignChanged
    waves: tuple[Cells, ...]
    buttons: Mapping[str, str]
    figures: Mapping[str, int]


async def rows(asked: Asked) -> Rows[CampaignView]:
    """Campaigns, the newest first."""
    found: Rows[CampaignView] = await list_campaigns.fn(asked.ports, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return found


async def nothing(asked: Asked) -> None:
    """The form begins empty."""


async def board(asked: Asked) -> Board:
    """The waves of one campaign, its gates and its course."""
    campaign = known_campaign(asked.ports, cast(CampaignChanged, asked.subject).campaign)
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
    told = "" if verdict is None else ("Gate passed" if verdict.passed else verdict.reason)
    return Cells(
        number=number + 1,
        stations=size,
        each=each,
        runs=tuple(_runs(wave.counts, each)),
        counts=wave.counts,
        verdict=told,
        begun=campaign.started_at is not None and number <= campaign.wave,
    )


def _runs(counts: Mapping[str, int], each: int) -> Iterator[tuple[str, int]]:
    """Those that are over first, those whose turn has not come last."""
    order = Counter(counts)
    for state in sorted(order, key=lambda one: (one == "pending", one not in set(map(str, FINAL)), one)):
        yield state, -(-order[state] // each)


async def updates(asked: Asked) -> Rows[UpdateRow]:
    """The campaign's stations, a page at a time."""
    found: Rows[UpdateRow] = await list_updates.fn(
        cast(CampaignChanged, asked.subject).campaign,
        asked.ports,
        update_state=asked.get("state"),
        cursor=asked.get("cursor"),
        limit=PAGE_SIZE,
    )
    return found


PAGE = Page(
    title="Firmware",
    nav="firmware",
    template="firmware.html",
    parts=(
        Part(name="rows", template="firmware/rows.html", load=rows, poll_s=5),
        Part(name="form", template="firmware/form.html", load=nothing),
    ),
)
ONE = Page(
    title="Firmware campaign",
    nav="firmware",
    template="campaign.html",
    parts=(
        Part(name="board", template="firmware/board.html", load=board, poll_s=2),
        Part(name="updates", template="firmware/updates.html", load=updates, poll_s=5),
    ),
)


@get("/firmware")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All campaigns."""
    return await show.page(PAGE, asked_of(request, ports))


@get("/firmware/{campaign:str}")
async def shown(request: Request[Any, Any, Any], campaign: CampaignPath, ports: Given, show: Shown) -> Rendered:
    """One campaign."""
    known = known_campaign(ports, campaign)
    return await show.page(ONE, asked_of(request, ports, known), title=known.name)


@post("/firmware", status_code=200)
async def start(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Start a campaign."""
    asked = wanted(await forms.posted(request))
    draft: CampaignDraft = (await start_campaign.fn(asked, ports)).content
    return show.notice(request, f"{asked.name} has begun: {told(draft)}", then=campaign_url(draft.campaign))


@post("/firmware/try", status_code=200)
async def try_out(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Say what a campaign would come to; nothing is started."""
    asked = wanted(await forms.posted(request))
    draft: CampaignDraft = (await start_campaign.fn(asked, ports, dry_run=True)).content
    return show.notice(request, f"Nothing was started. It would be {told(draft)}", then="/firmware")


@post("/firmware/{campaign:str}/{action:str}", status_code=200)
async def steered(
    request: Request[Any, Any, Any], campaign: CampaignPath, action: ActionPath, ports: Given, show: Shown
) -> Any:
    """Pause, resume, cancel, retry."""
    if action not in BUTTONS:
        raise not_found(f"A campaign cannot be asked to {action}.")
    await steer_campaign.fn(campaign, action, ports)
    return show.notice(request, f"The campaign was asked to {action}.", then=campaign_url(campaign))


def told(draft: CampaignDraft) -> str:
    """A draft in a sentence: how many, in which waves, who not and why, and what is odd about it."""
    sizes = [end - first for first, end in zip((0, *draft.wave_ends), draft.wave_ends, strict=False)]
    reasons = Counter(one.reason for one in draft.excluded)
    left_out = "; ".join(f"{number} not, for {reason}" for reason, number in reasons.most_common(5))
    parts = [f"{draft.stations} stations in waves of {', '.join(map(str, sizes)) or 'none'}", left_out, *draft.warnings]
    return "; ".join(part for part in parts if part) + "."


def wanted(given: Mapping[str, str]) -> StartCampaign:
    """The form as the API's body. Raises Problem."""
    text = {name: value.strip() for name, value in given.items()}
    canary, percent = forms.whole("canary", text.get("canary", "")), forms.whole("percent", text.get("percent", ""))
    waves = [{"stations": canary}] if canary else []
    waves += [{"percent": percent}] * (100 // percent) if percent else []
    opens, closes = text.get("opens", ""), text.get("closes", "")
    limits = {
        "max_at_once": forms.whole("max_at_once", text.get("max_at_once", "")),
        "max_failures": forms.whole("max_failures", text.get("max_failures", "")),
    }
    healthy = forms.whole("healthy_min", text.get("healthy_min", ""))
    share = forms.whole("success_percent", text.get("success_percent", ""))
    members: dict[str, Any] = {
        "name": text.get("name", ""),
        "firmware": {"version": text.get("version", ""), "location": text.get("location", "")},
        "targets": {name: text[name] for name in ("vendor", "model", "site", "firmware_version") if text.get(name)},
        "waves": waves[:50],
        "limits": {name: value for name, value in limits.items() if value is not None},
        "policy": {"busy": text.get("busy", "wait")} | ({} if healthy is None else {"healthy_for_s": healthy * 60}),
        "gate": {} if share is None else {"success_share": share / 100},
        "windows": [{"start_time": opens, "end_time": closes}] if opens and closes else [],
    }
    return forms.body(members, StartCampaign)


HANDLERS = (listed, shown, start, try_out, steered)
