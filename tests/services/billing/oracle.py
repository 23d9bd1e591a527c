"""An auditor: what a session costs, worked out minute by minute from the words of OCPI, slow and plain, all in fractions.

It shares no code with the product: what it is told is a story (what happened, piece by piece) and a tariff in OCPI's JSON.
Amounts are exact until the total, which is rounded halves up.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MINUTE = Fraction(60)


@dataclass(frozen=True)
class Piece:
    """So many minutes in which the energy comes steadily, and what the time is used for."""

    minutes: int
    wh: Fraction
    use: str


@dataclass(frozen=True)
class Atom:
    """A part of a session in which nothing can change: seconds since its begin, energy so far, power around it."""

    since: Fraction
    until: Fraction
    wh_since: Fraction
    wh_until: Fraction
    watts: Fraction
    use: str


@dataclass(frozen=True)
class Verdict:
    """What the session costs without and with VAT (None where no VAT is known), and its times."""

    excl: Fraction
    incl: Fraction | None
    charging_s: Fraction
    parking_s: Fraction


def audited(began: dt.datetime, pieces: list[Piece], tariff: dict[str, Any], zone: ZoneInfo) -> Verdict:
    """The bill of a session that began at a whole minute."""
    used: list[tuple[str, dict[str, Any], Fraction]] = []  # dimension, component, volume (kWh, hours, or 1)
    flat_due, charging, parking = True, Fraction(0), Fraction(0)
    for atom in atoms(pieces, thresholds(tariff)):
        local = (began + dt.timedelta(microseconds=int(atom.since * 1_000_000))).astimezone(zone)
        length = atom.until - atom.since
        flat = found(tariff, "FLAT", atom, local) if flat_due else None
        if flat is not None:
            used.append(("FLAT", flat, Fraction(1)))
            flat_due = False
        energy = found(tariff, "ENERGY", atom, local)
        if energy is not None:
            used.append(("ENERGY", energy, (atom.wh_until - atom.wh_since) / 1000))
        dimension = "TIME" if atom.use == "charging" else "PARKING_TIME"
        time = found(tariff, dimension, atom, local)
        if time is not None:
            used.append((dimension, time, length / 3600))
        charging += length if atom.use == "charging" else 0
        parking += length if atom.use == "parking" or (atom.use == "withheld" and time is not None) else 0
    return totalled(stepped(used), tariff, charging, parking)


# -- what can change when ----------------------------------------------------------------------------------------------


def atoms(pieces: list[Piece], borders: list[Fraction]) -> list[Atom]:
    """The session cut at every minute, and where its energy reaches a border."""
    cut: list[Atom] = []
    at, wh = Fraction(0), Fraction(0)
    for piece in pieces:
        length = piece.minutes * MINUTE
        watts = piece.wh * 3600 / length
        moments = {at + minute * MINUTE for minute in range(piece.minutes + 1)}
        moments |= {
            at + (border - wh) / piece.wh * length for border in borders if piece.wh and wh < border < wh + piece.wh
        }
        ordered = sorted(moments)
        for since, until in pairwise(ordered):
            first, last = (wh + piece.wh * (moment - at) / length for moment in (since, until))
            cut.append(Atom(since, until, first, last, watts, piece.use))
        at, wh = at + length, wh + piece.wh
    return cut


def thresholds(tariff: dict[str, Any]) -> list[Fraction]:
    """Energies at which an element begins or ends to hold."""
    limits = [element.get("restrictions", {}) for element in tariff["elements"]]
    return [Fraction(limit[name]) * 1000 for limit in limits for name in ("min_kwh", "max_kwh") if name in limit]


# -- which price -------------------------------------------------------------------------------------------------------


def found(tariff: dict[str, Any], dimension: str, atom: Atom, local: dt.datetime) -> dict[str, Any] | None:
    """The component of the first element that prices the dimension and holds."""
    for element in tariff["elements"]:
        limits = element.get("restrictions", {})
        withheld = dimension == "PARKING_TIME" and atom.use == "withheld"
        if withheld and limits.get("suspended_evse") != "parking":
            continue
        for component in element["price_components"]:
            if component["type"] == dimension and holds(limits, atom, local):
                chosen: dict[str, Any] = component
                return chosen
    return None


def holds(limits: dict[str, Any], atom: Atom, local: dt.datetime) -> bool:
    """Whether all restrictions of an element hold at the begin of an atom: minimum inclusive, maximum exclusive."""
    day, time = local.date().isoformat(), local.strftime("%H:%M")
    checks = [
        "min_kwh" not in limits or atom.wh_since >= Fraction(limits["min_kwh"]) * 1000,
        "max_kwh" not in limits or atom.wh_since < Fraction(limits["max_kwh"]) * 1000,
        "min_power" not in limits or atom.watts >= Fraction(limits["min_power"]) * 1000,
        "max_power" not in limits or atom.watts < Fraction(limits["max_power"]) * 1000,
        "min_duration" not in limits or atom.since >= limits["min_duration"],
        "max_duration" not in limits or atom.since < limits["max_duration"],
        "start_date" not in limits or day >= limits["start_date"],
        "end_date" not in limits or day < limits["end_date"],
        "day_of_week" not in limits or DAYS[local.weekday()] in limits["day_of_week"],
        in_hours(limits.get("start_time", "00:00"), limits.get("end_time", "00:00"), time),
    ]
    return all(checks)


def in_hours(start: str, end: str, time: str) -> bool:
    """An end of 00:00 is the end of the day; one before the start is on the next day."""
    if end == "00:00":
        return time >= start
    return start <= time < end if start < end else time >= start or time < end


# -- what it comes to --------------------------------------------------------------------------------------------------


def stepped(used: list[tuple[str, dict[str, Any], Fraction]]) -> list[tuple[str, dict[str, Any], Fraction]]:
    """With what step_size adds: once to the energy, once to the time (to the parking where there is any), at the last price."""
    parked = any(dimension == "PARKING_TIME" and volume for dimension, _, volume in used)
    added = list(used)
    for dimension, unit in (("ENERGY", Fraction(1, 1000)), ("PARKING_TIME" if parked else "TIME", Fraction(1, 3600))):
        volumes = [(component, volume) for kind, component, volume in used if kind == dimension and volume]
        if volumes:
            last = volumes[-1][0]
            step = unit * last["step_size"]
            lacking = -sum((volume for _, volume in volumes), Fraction(0)) % step
            added.append((dimension, last, lacking))
    return added


def totalled(
    used: list[tuple[str, dict[str, Any], Fraction]], tariff: dict[str, Any], charging: Fraction, parking: Fraction
) -> Verdict:
    """The sums, within the tariff's limits, rounded once."""
    vat_known = any("vat" in component for element in tariff["elements"] for component in element["price_components"])
    excl = sum((Fraction(component["price"]) * volume for _, component, volume in used), Fraction(0))
    incl = sum(
        (
            Fraction(component["price"]) * volume * (100 + Fraction(component.get("vat", 0))) / 100
            for _, component, volume in used
        ),
        Fraction(0),
    )
    for name, choose in (("min_price", max), ("max_price", min)):
        if name in tariff:
            excl = choose(excl, Fraction(tariff[name]["excl_vat"]))
            incl = choose(incl, Fraction(tariff[name]["incl_vat"]))
    return Verdict(cents(excl), cents(incl) if vat_known else None, charging, parking)


def cents(amount: Fraction) -> Fraction:
    """The nearest cent; of two the greater."""
    return Fraction((amount * 100 + Fraction(1, 2)).__floor__(), 100)
