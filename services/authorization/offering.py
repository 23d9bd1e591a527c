"""Offering: what a driver is shown of the tariff with the answer to Authorize (2.x, I01, I08). PURE.

It stands around the core: a decision is the same with it or without.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from schemas.authorization import AuthorizationDecided, AuthorizationRequested
from schemas.base import Record
from schemas.stations import REF_STATIONS, StationProvisioned, tenant_of
from schemas.tariffchoice import Place, present_tariff, targets
from schemas.tariffs import token_target
from schemas.tarifftranslation import Inexpressible, described, station_tariff

References = Mapping[str, Mapping[str, Record]]

EVERY_SITE = "*"
TEXT_MOST = 512


def sites_of(setting: str) -> frozenset[str]:
    """The names of sites in a setting."""
    return frozenset(filter(None, map(str.strip, setting.split(","))))


def with_tariffs(record: Record, outputs: list[Record], references: References, sites: frozenset[str]) -> list[Record]:
    """The outputs of a step, the answer to an accepted Authorize with the driver's tariff where the site has it shown."""
    if not sites or not isinstance(record, AuthorizationRequested) or record.session:
        return outputs
    station = references[REF_STATIONS.name].get(record.station)
    site = station.site if isinstance(station, StationProvisioned) else ""
    if not (EVERY_SITE in sites or site in sites):
        return outputs
    place = Place(record.station, site, token=record.id_token, tenant=tenant_of(station))
    return [
        _offered(each, place, record.received_at, references)
        if isinstance(each, AuthorizationDecided) and each.status == "Accepted"
        else each
        for each in outputs
    ]


def _offered(
    decision: AuthorizationDecided, place: Place, at: datetime, references: References
) -> AuthorizationDecided:
    """I08.FR.01: the structure of a tariff of the driver's own; I01: in words, whichever applies at this station."""
    own_target = [] if place.token is None else [token_target(place.token.value)]
    own = present_tariff(references, own_target, at, tenant=place.tenant)
    shown = own or present_tariff(references, targets(place), at, tenant=place.tenant)
    if shown is None:
        return decision
    made = None if own is None else station_tariff(own)
    return replace(
        decision,
        tariff=None if isinstance(made, Inexpressible) else made,
        tariff_text=described(shown, TEXT_MOST),
    )
