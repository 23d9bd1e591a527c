"""Loads of sites and their alerts as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.energy import SITE_STATES, SiteAlerted, SiteLoadChanged
from services.api.energy.loadrows import Alert, AlertFilter, LoadFilter, SiteLoad, alert_of, load_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LOADS = LiveNoun(
    kind="site-load",
    topic=SITE_STATES,
    record=SiteLoadChanged,
    id="site",
    row=load_of,
    many="site_loads",
    one="site_load",
    filter=LoadFilter,
    rules={"exceeded": lambda load, exceeded: load.exceeded == exceeded},
    order=Order[SiteLoad](place=lambda row: Position(0, row.site), descending=False),
)

ALERTS = LiveNoun(
    kind="site-alert",
    topic=SITE_STATES,
    record=SiteAlerted,
    id="alert",
    row=alert_of,
    many="site_alerts",
    one="site_alert",
    filter=AlertFilter,
    rules={"site": lambda alert, site: alert.site == site, "over": lambda alert, over: alert.over == over},
    order=Order[Alert](place=lambda row: Position(micros(row.at), row.alert)),
)
