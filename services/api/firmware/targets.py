"""Targets: a campaign's filter as a frozen list in waves, with who is left out and why. PURE.

A station that another campaign is not over with is left out, so that it never waits in two lists at once: which campaign has
it is told, and the operator waits for its end, or cancels it. (Where two campaigns begin in the same second, the station's own
service lets only one update run: the later ends as `conflicting`, and may be retried.)
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from schemas.base import Record, derived_id
from schemas.campaigns import MAX_STATIONS
from schemas.stations import StationChanged, StationProvisioned
from schemas.wire import sendable
from services.api.firmware.rows import CampaignDraft, Excluded, Included, StartCampaign, Targets, WaveSize
from services.api.web.problems import invalid

ALREADY: Final = "it runs {} already"
"""The one reason to leave a station out that is nothing to be warned of."""

LOCATION_EVERYWHERE: Final = 512
"""Characters of a location that every version takes; OCPP 2.1 takes 2,000, and 1.6 any number where the firmware is not signed."""

MOST_REASONS: Final = 10
"""Reasons that a draft sums up; every station's own is in its list."""

OLD_SIGNED: Final = "SignedUpdateFirmware"
"""Where a version has a message of its own for signed firmware, its unsigned one has no time of installation."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The stations of a campaign in their order, and those it leaves out."""

    stations: tuple[StationChanged, ...]
    excluded: tuple[Excluded, ...]


def chosen(
    body: StartCampaign,
    states: Mapping[str, Record],
    provisioned: Mapping[str, Record],
    *,
    in_campaigns: Mapping[str, str],
) -> Chosen:
    """Everybody whom the filter means. Stations that are connected come first, for the canary must tell something.

    `held`: why other campaigns keep stations from this one.
    """
    found: list[StationChanged] = []
    excluded: list[Excluded] = []
    for name in _named(body.targets, states, provisioned):
        station = _station(name, states, provisioned)
        if station is None:
            excluded.append(Excluded(station=name, reason="nobody has heard of it"))
        elif _fits(station, body.targets):
            reason = _unfit(station, body) or in_campaigns.get(name, "")
            if reason:
                excluded.append(Excluded(station=name, reason=reason))
            else:
                found.append(station)
    if len(found) > MAX_STATIONS:
        raise invalid("targets", f"{len(found)} stations, {MAX_STATIONS} at most: make several campaigns of it")
    # the hash spreads sites and models over the waves, the same way every time
    found.sort(key=lambda one: (not one.connected, derived_id(body.name, body.firmware.version, one.station)))
    return Chosen(stations=tuple(found), excluded=tuple(sorted(excluded, key=lambda one: one.station)))


def _named(targets: Targets, states: Mapping[str, Record], provisioned: Mapping[str, Record]) -> Iterable[str]:
    if targets.stations is not None:
        return dict.fromkeys(targets.stations)
    there = {key for key, record in provisioned.items() if isinstance(record, StationProvisioned)}
    return sorted(there | set(states))


def _station(name: str, states: Mapping[str, Record], provisioned: Mapping[str, Record]) -> StationChanged | None:
    """The station as it is known, with the newest provisioning laid over it."""
    state, provisioning = states.get(name), provisioned.get(name)
    if isinstance(provisioning, StationProvisioned):
        base = state if isinstance(state, StationChanged) else _unseen(provisioning)
        return msgspec.structs.replace(base, site=provisioning.site, labels=provisioning.labels, removed=False)
    return state if isinstance(state, StationChanged) else None


def _unseen(provisioned: StationProvisioned) -> StationChanged:
    return StationChanged(id="", station=provisioned.station, revision=0, changed_at=provisioned.provisioned_at)


def _fits(station: StationChanged, targets: Targets) -> bool:
    pairs = (
        (targets.vendor, station.vendor),
        (targets.model, station.model),
        (targets.firmware_version, station.firmware_version),
        (targets.site, station.site),
    )
    return all(wanted is None or wanted == has for wanted, has in pairs) and all(
        station.labels.get(label) == value for label, value in targets.labels.items()
    )


def _unfit(station: StationChanged, body: StartCampaign) -> str:
    """Why a station that the filter means cannot take the firmware; empty where it can."""
    firmware = body.firmware
    if station.removed:
        return "it was removed"
    if station.firmware_version == firmware.version:
        return ALREADY.format(firmware.version)
    if firmware.vendor and station.vendor and station.vendor != firmware.vendor:
        return f"the firmware is made for {firmware.vendor}, not for {station.vendor}"
    if firmware.models and station.model and station.model not in firmware.models:
        return f"the firmware is not made for the model {station.model}"
    timed = body.policy.install_at is not None and not firmware.signature
    if timed and station.version is not None and OLD_SIGNED in sendable(station.version):
        return f"OCPP {station.version} can only time the installation of signed firmware"
    return ""


def wave_ends(waves: tuple[WaveSize, ...], stations: int) -> tuple[int, ...]:
    """Where each wave ends in the list; what they leave over is a last wave. Raises Problem."""
    ends: list[int] = []
    reached = 0
    for number, wave in enumerate(waves):
        if (wave.stations is None) == (wave.percent is None):
            raise invalid(f"waves[{number}]", "give either `stations` or `percent`")
        size = wave.stations if wave.stations is not None else -(-stations * (wave.percent or 0) // 100)
        reached = min(stations, reached + max(1, int(size)))
        if not ends or reached > ends[-1]:
            ends.append(reached)
    return tuple(ends) if reached == stations else (*ends, stations)


def zone_of(station: str, provisioned: Mapping[str, Record], otherwise: str) -> str:
    """The station's own time zone, or the one of those that have none."""
    record = provisioned.get(station)
    own = record.time_zone if isinstance(record, StationProvisioned) else ""
    return own if own and is_zone(own) else otherwise


def is_zone(name: str) -> bool:
    """Whether a time zone is called so."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def drafted(body: StartCampaign, choice: Chosen, *, campaign: str) -> CampaignDraft:
    """What the campaign comes to, for people to look at."""
    ends = wave_ends(body.waves, len(choice.stations)) if choice.stations else ()
    included = []
    wave = 0
    for number, station in enumerate(choice.stations):
        wave += number >= ends[wave]
        included.append(
            Included(
                station=station.station,
                wave=wave + 1,
                site=station.site,
                vendor=station.vendor,
                model=station.model,
                firmware_version=station.firmware_version,
                connected=station.connected,
            )
        )
    return CampaignDraft(
        campaign=campaign,
        stations=len(included),
        wave_ends=ends,
        included=tuple(included),
        excluded=choice.excluded,
        warnings=tuple(_warnings(body, choice)),
    )


def _warnings(body: StartCampaign, choice: Chosen) -> Iterable[str]:
    stations = choice.stations
    left_out = Counter(one.reason for one in choice.excluded if one.reason != ALREADY.format(body.firmware.version))
    for reason, number in left_out.most_common(MOST_REASONS):
        yield f"{number} left out: {reason}"
    models = sorted({f"{one.vendor} {one.model}".strip() for one in stations if one.model})
    if len(models) > 1 and not body.firmware.models:
        yield f"one firmware for {len(models)} models: {', '.join(models[:10])}"
    if unknown := sum(not one.model for one in stations):
        yield f"{unknown} never booted here: whether the firmware fits them is not known"
    if away := sum(not one.connected for one in stations):
        yield f"{away} offline now: they catch up when they connect, within their deadline"
    begins_at, install_at = body.start_at, body.policy.install_at
    if begins_at and install_at and install_at > begins_at + timedelta(seconds=body.policy.deadline_s):
        yield "the time of installation is later than the deadline of stations that begin at once"
    if len(body.firmware.location) > LOCATION_EVERYWHERE:
        yield (
            f"the location has {len(body.firmware.location)} characters: stations of OCPP 2.0.1, and of 1.6 where the"
            f" firmware is signed, can be told {LOCATION_EVERYWHERE} at most, and end as rejected"
        )
    if body.policy.busy == "interrupt":
        yield "sessions may be interrupted"
