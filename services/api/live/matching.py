"""Matching: whether a record that ClickHouse may not have yet fits a list's filter, as ClickHouse would say. PURE.

Each filter's members stand in one table, and a member without a rule fails at import: no filter is forgotten here.
"""

from typing import Any

import msgspec

from schemas.authorization import token_key
from schemas.stations import StationChanged
from schemas.transactions import SessionChanged
from services.api.live.declaring import Rules
from services.api.sessions.rows import SessionFilter
from services.api.stations.rows import StationFilter


def _within(part: str, *texts: str) -> bool:
    return part.lower() in " ".join(texts).lower()


def _token(session: SessionChanged) -> str:
    return token_key(session.token.value) if session.token is not None else ""


SESSION_RULES: Rules = {
    "station": lambda session, station: session.station == station,
    "active": lambda session, active: (session.status == "active") == active,
    "since": lambda session, since: session.started_at >= since,
    "until": lambda session, until: session.started_at < until,
    "token": lambda session, token: _token(session) == token.strip(" ").upper(),
    "search": lambda session, part: _within(
        part, session.session, session.station, session.transaction_id, _token(session)
    ),
}
STATION_RULES: Rules = {
    "connected": lambda station, connected: station.connected == connected,
    "version": lambda station, version: (station.version or "") == version,
    "vendor": lambda station, vendor: station.vendor == vendor,
    "registration": lambda station, registration: station.registration == registration,
    "site": lambda station, site: station.site == site,
    "tenant": lambda station, tenant: station.tenant == tenant,
    "security_profile": lambda station, profile: station.security_profile == profile,
    "search": lambda station, part: _within(
        part, station.station, station.vendor, station.model, station.serial_number, station.site
    ),
}
for _filter, _rules in (
    (SessionFilter, SESSION_RULES),
    (StationFilter, STATION_RULES),
):
    assert set(_filter.__struct_fields__) == set(_rules), f"every member of {_filter.__name__} needs its rule"


def session_fits(session: SessionChanged, where: SessionFilter) -> bool:
    """Whether a list of sessions with this filter has it."""
    return fits(session, where, SESSION_RULES)


def station_fits(station: StationChanged, where: StationFilter) -> bool:
    """Whether a list of stations with this filter has it: none that is removed and away."""
    return (station.connected or not station.removed) and fits(station, where, STATION_RULES)


def fits(record: Any, where: msgspec.Struct, rules: Rules) -> bool:
    """Whether a record fits every member of the filter that asks for something."""
    return all(rule(record, wanted) for member, rule in rules.items() if (wanted := getattr(where, member)) is not None)
