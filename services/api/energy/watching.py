"""Use cases of loads: a site as it is now, a node over time. Routes and pages call them."""

from datetime import datetime, timedelta

from services.api.energy.loadrows import LoadHistory, SiteLoad
from services.api.energy.usecases import written_site
from services.api.history.curves import POINTS_MOST
from services.api.ports import Ports
from services.api.web.problems import invalid, not_found

CHANGES_KEPT = timedelta(days=7)
"""For so long each change of a node is kept (`site_node_loads`); after that minutes are."""

POINTS_CHOSEN = 360
STEPS_S = (60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600)
MINUTE_S = 60


async def load_now(ports: Ports, site: str) -> SiteLoad:
    """A site as it is now. Raises Problem: 404 where it has no tree, or nothing is known of it yet; Outage."""
    written_site(ports, site)
    found = await ports.reads.site_load(site)
    if found is None:
        raise not_found(
            f"No load of {site} is known yet: its stations and meters have said nothing since its tree was written."
        )
    return found


async def history(
    ports: Ports, site: str, node: str | None = None, *, since: datetime, until: datetime, step_s: int | None = None
) -> LoadHistory:
    """A node over time, in steps of `step_s`, or of what suits. Raises Problem: 404, 422; Outage."""
    record = written_site(ports, site)
    if node is None:
        node = next(each.node for each in record.tree.nodes if not each.parent)
    elif node not in {each.node for each in record.tree.nodes}:
        raise not_found(f"The tree of {site} has no node {node!r}.")
    if since >= until:
        raise invalid("from", "is before `to`")
    step = _step(ports, since, until, step_s)
    points = await ports.reads.node_history(site, node, since=since, until=until, step_s=step)
    return LoadHistory(site=site, node=node, step_s=step, points=points)


def _step(ports: Ports, since: datetime, until: datetime, wanted: int | None) -> int:
    """The step in seconds. Raises Problem for one that would be too many points, or is no longer kept."""
    span = (until - since).total_seconds()
    if wanted is None:
        return next((step for step in STEPS_S if span / step <= POINTS_CHOSEN), STEPS_S[-1])
    if span / wanted > POINTS_MOST:
        raise invalid("step_s", f"would be more than {POINTS_MOST} points: ask for longer steps or a shorter time")
    if wanted < MINUTE_S and since < ports.clock() - CHANGES_KEPT:
        raise invalid("step_s", f"steps below a minute are kept for {CHANGES_KEPT.days} days; ask for 60 or more")
    if wanted > MINUTE_S and wanted % MINUTE_S:
        raise invalid("step_s", "is below a minute, or whole minutes")
    return wanted
