"""Sites in the console: the list with their load and headroom, and a page for each with its tree, live."""

import msgspec

from schemas.energy import SiteProvisioned
from schemas.sitetrees import LINES
from services.api.console import charts
from services.api.console.charts import Chart, Curve
from services.api.console.pages import PageRequest
from services.api.energy.drawing import Bar, Branch, bars_of, drawn
from services.api.energy.loadrows import Alert, AlertFilter, LoadHistory, LoadPoint, SiteLoad
from services.api.energy.rows import SiteSummary
from services.api.energy.usecases import sites, written_site
from services.api.energy.watching import history
from services.api.overview.page import RANGES
from services.api.web.paging import LIMIT_MOST, Page

HOME = "/sites"
PAGE_SIZE, ALERTS_SHOWN = 50, 20
TONES = ("power", "energy", "soc")
"""Of the three lines, in charts."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A site in the list: its grid connection's bars, and how many of its EVSEs charge. `load` None: not known yet."""

    site: SiteSummary
    load: SiteLoad | None
    bars: tuple[Bar, ...]
    charging: int


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """A site's tree as it is drawn."""

    record: SiteProvisioned
    load: SiteLoad | None
    top: Branch


class OverTime(msgspec.Struct, frozen=True, kw_only=True):
    """A node over time: the nodes and ranges there are, and what was chosen."""

    site: str
    node: str
    nodes: tuple[str, ...]
    chart: Chart
    chosen: str
    ranges: tuple[str, ...] = tuple(RANGES)


async def rows(asked: PageRequest) -> Page[Row]:
    """Sites by name."""
    cursor = asked.get("cursor")
    page = sites(asked.ports, cursor=cursor, limit=PAGE_SIZE)
    # both lists are by name, so that they continue behind the same one
    loads = (await asked.ports.reads.site_loads(cursor=cursor, limit=LIMIT_MOST)).items if page.items else ()
    by_site = {load.site: load for load in loads}
    return Page(tuple(_row(asked, each, by_site.get(each.site)) for each in page.items), page.next_cursor)


def _row(asked: PageRequest, site: SiteSummary, load: SiteLoad | None) -> Row:
    if load is None:
        return Row(site=site, load=None, bars=(), charging=0)
    top = next(node.node for node in written_site(asked.ports, site.site).tree.nodes if not node.parent)
    grid = next((node for node in load.nodes if node.node == top), None)
    return Row(
        site=site, load=load, bars=bars_of(grid), charging=sum(evse.standing == "charging" for evse in load.evses)
    )


async def now(asked: PageRequest) -> Now:
    """The tree with what flows."""
    record: SiteProvisioned = asked.subject
    load = await asked.ports.reads.site_load(record.site)
    return Now(record=record, load=load, top=drawn(record.tree, load))


async def alerts(asked: PageRequest) -> Page[Alert]:
    """What needs a person, and what did."""
    where = AlertFilter(site=asked.subject.site)
    page: Page[Alert] = await asked.ports.reads.site_alerts(where, limit=ALERTS_SHOWN)
    return Page(tuple(sorted(page.items, key=lambda alert: alert.over)))


async def over_time(asked: PageRequest) -> OverTime:
    """A node in the last hours."""
    record: SiteProvisioned = asked.subject
    chosen = asked.query.get("range", "1h")
    chosen = chosen if chosen in RANGES else "1h"
    nodes = tuple(node.node for node in record.tree.nodes if node.outlet is None)
    node = asked.query.get("node", "")
    node = node if node in nodes else next(each.node for each in record.tree.nodes if not each.parent)
    since, until = charts.window(asked.now, RANGES[chosen])
    found = await history(asked.ports, record.site, node, since=since, until=until)
    return OverTime(site=record.site, node=node, nodes=nodes, chart=chart_of(found, chosen), chosen=chosen)


def chart_of(found: LoadHistory, chosen: str) -> Chart:
    """Currents of a node by line, beside its limit."""
    curves = [
        _curve(line, tone, [(point, point.load_a.get(line)) for point in found.points])
        for line, tone in zip(LINES, TONES, strict=True)
    ]
    limits = [(point, min(point.limit_a.values(), default=None)) for point in found.points]
    curves.append(_curve("Limit", "exported", limits))
    most = max((value for point in found.points for value in point.load_a.values()), default=None)
    summary = (
        f"Nothing was measured at {found.node} in the last {chosen}."
        if most is None
        else f"{found.node} in the last {chosen}: at most {most:.1f} A on a line."
    )
    return Chart(name="node", summary=summary, curves=tuple(curve for curve in curves if curve.times))


def _curve(label: str, tone: str, values: list[tuple[LoadPoint, float | None]]) -> Curve:
    known = [(point.at.timestamp(), value) for point, value in values if value is not None]
    return Curve(
        label=label,
        unit="A",
        tone=tone,
        shape="line",
        times=tuple(at for at, _ in known),
        values=tuple(value for _, value in known),
    )
