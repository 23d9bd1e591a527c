"""Alerting: what at a site needs a person, said once when it begins and once when it is over. PURE."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.energy import SiteAlerted
from schemas.states.energy import Alert, SiteState
from services.energy.loads import Measured
from services.energy.obeying import ALERTED_AFTER
from services.energy.observing import silent
from services.energy.targets import FAILURES_MOST, Scene

EXCEEDED_FOR = timedelta(seconds=10)
"""A limit that is exceeded for so long needs a person."""

FAILED_MOST = 3


def alerted(state: SiteState, seen: Scene, found: Measured) -> tuple[SiteState, list[SiteAlerted]]:
    """The state with the alerts that stand now, and what is said of those that began or ended."""
    now = tuple(sorted(_standing(state, seen, found), key=lambda each: (each.what, each.subject)))
    before = {(each.what, each.subject): each for each in state.alerts}
    began = [each for each in now if (each.what, each.subject) not in before]
    over = [each for key, each in before.items() if key not in {(one.what, one.subject) for one in now}]
    if not began and not over:
        return state, []
    said = [_said(seen, each, over=False) for each in began] + [_said(seen, each, over=True) for each in over]
    kept = tuple(before.get((each.what, each.subject), each) for each in now)
    return replace(state, alerts=kept), said


def _standing(state: SiteState, seen: Scene, found: Measured) -> Iterator[Alert]:
    if state.over_since is not None and seen.at >= state.over_since + EXCEEDED_FOR:
        for row in found.over:
            at = seen.network.row_index[row]
            unit = "W" if row.where == "W" else "A"
            detail = f"{found.carried[at]:.1f} {unit} flow, {seen.limits[at]:.1f} {unit} may"
            yield Alert(what="exceeded", subject=row.name, detail=detail)
    for meter in silent(seen.site, state, seen.at):
        detail = f"nothing was read for {meter.stale_after_s} s: the most that it may be is assumed"
        yield Alert(what="meter-silent", subject=meter.meter, detail=detail)
    for evse, place in zip(seen.evses, seen.site.places, strict=True):
        if evse.strikes >= ALERTED_AFTER:
            detail = f"{place.station} EVSE {place.evse} draws {evse.drawn_a:.1f} A, more than it was told"
            yield Alert(what="disobeys", subject=place.node, detail=detail)
        if seen.site.tree.managed and (why := _unconfirmed(seen, place.node)):
            yield Alert(what="unconfirmed", subject=place.node, detail=f"{place.station} EVSE {place.evse} {why}")


def _unconfirmed(seen: Scene, node: str) -> str:
    at = seen.network.index[node]
    evse = seen.evses[at]
    if evse.fallback_failures >= FAILED_MOST:
        return f"does not take its fallback: it counts with {seen.own[at]:.1f} A"
    return "does not take limits for its transaction" if evse.failures >= FAILURES_MOST else ""


def _said(seen: Scene, alert: Alert, *, over: bool) -> SiteAlerted:
    moment: datetime = seen.at
    return SiteAlerted(
        id=derived_id(seen.site.site, "site-alert", alert.what, alert.subject, moment.isoformat(), int(over)),
        site=seen.site.site,
        what=alert.what,
        subject=alert.subject,
        detail=alert.detail,
        over=over,
        tenant=seen.site.tenant,
        at=moment,
    )
