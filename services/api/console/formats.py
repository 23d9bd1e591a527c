"""Formats: quantities with their units, times, durations and statuses as people read them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from schemas.billing import CostLine
from schemas.tariffs import PriceComponent, Restrictions

Number = Decimal | float | int

NOTHING = "–"
"""Stands where nothing is known: not measured is not zero."""

KILO = 1_000
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

TONES = {
    "Available": "good",
    "Occupied": "busy",
    "Reserved": "note",
    "Unavailable": "mute",
    "Faulted": "bad",
    "Accepted": "good",
    "Pending": "warn",
    "Rejected": "bad",
    "Processing": "busy",
    "NoChargingProfile": "warn",
    "RebootRequired": "warn",
    "Blocked": "bad",
    "Expired": "warn",
    "ContractCancelled": "warn",
    "CertificateExpired": "warn",
    "CertificateRevoked": "bad",
    "CertChainError": "bad",
    "SignatureError": "bad",
    "NoCertificateAvailable": "warn",
    "critical": "bad",
    "NoCredit": "bad",
    "deleted": "mute",
    "unused": "mute",
    "inserted": "busy",
    "swapped": "good",
    "taken": "good",
    "timed-out": "warn",
    "expires soon": "warn",
    "watched": "busy",
    "reached": "note",
    "stopping": "warn",
    "stopped": "note",
    "kept": "good",
    "not-stopped": "bad",
    "accepted": "good",
    "installed": "good",
    "partial": "warn",
    "rejected": "bad",
    "unsupported": "warn",
    "timed_out": "warn",
    "disconnected": "warn",
    "expired": "mute",
    "issued": "busy",
    "undelivered": "warn",
    "superseded": "mute",
    "discarded": "warn",
    "revoked": "bad",
    "cancelled": "mute",
    "pending": "busy",
    "in-step": "good",
    "cleared": "mute",
    "replaced": "mute",
    "gone": "mute",
    "transaction-ended": "mute",
    "sending": "busy",
    "out-of-step": "warn",
    "unmanaged": "mute",
    "inexpressible": "warn",
    "not-started": "mute",
    "authorized": "busy",
    "settled": "good",
    "refused": "bad",
    "used": "good",
    "removed": "warn",
    "waiting": "busy",
    "whole": "good",
    "stored": "good",
    "uploaded": "good",
    "uploading": "busy",
    "failed": "bad",
    "empty": "mute",
    "incomplete": "warn",
    "active": "busy",
    "ended": "mute",
    "presumed-ended": "warn",
    "connected": "good",
    "booted": "note",
    "offline": "mute",
    "running": "busy",
    "scheduled": "note",
    "preparing": "note",
    "paused": "warn",
    "halted": "bad",
    "cancelling": "warn",
    "finished": "good",
    "done": "good",
    "dropped": "warn",
    "succeeded": "good",
    "already-current": "good",
    "observing": "note",
    "ready": "note",
    "ordered": "busy",
    "sent": "busy",
    "unanswered": "warn",
    "downloading": "busy",
    "downloaded": "busy",
    "installing": "busy",
    "rebooting": "busy",
    "busy": "warn",
    "backing-off": "warn",
    "unhealthy": "bad",
    "no-answer": "bad",
    "download-failed": "bad",
    "invalid-certificate": "bad",
    "invalid-signature": "bad",
    "installation-failed": "bad",
    "verification-failed": "bad",
    "wrong-version": "bad",
    "unconfirmed": "bad",
    "charging": "busy",
    "full": "good",
    "disobeys": "bad",
    "exceeded": "bad",
    "meter-silent": "warn",
    "fell-back": "warn",
    "missing": "bad",
    "silent": "bad",
    "skipped-busy": "mute",
    "unreachable": "mute",
    "stayed-busy": "mute",
    "out-of-time": "mute",
    "conflicting": "warn",
    "wave began": "busy",
    "gate passed": "good",
    "resumed": "busy",
    "requested": "note",
    "retried": "note",
    "extended": "note",
    "UnknownVendorId": "mute",
    "UnknownMessageId": "warn",
    "delivered": "good",
    "retrying": "warn",
    "dead": "bad",
    "off": "mute",
}
"""The colour of each status; the text beside it says the same."""


def power(watts: Number | None) -> str:
    """Power in kW, in MW from a thousand of them."""
    return _scaled(watts, "kW", "MW")


def energy(watt_hours: Number | None) -> str:
    """Energy in kWh, in MWh from ten thousand of them."""
    return _scaled(watt_hours, "kWh", "MWh", most=10 * KILO)


def register(watt_hours: Number | None) -> str:
    """A meter's register in kWh, to the Wh."""
    return NOTHING if watt_hours is None else f"{float(watt_hours) / KILO:,.3f} kWh"


def _scaled(value: Number | None, unit: str, larger: str, *, most: int = KILO) -> str:
    if value is None:
        return NOTHING
    kilo = float(value) / KILO
    return f"{_rounded(kilo)} {unit}" if abs(kilo) < most else f"{_rounded(kilo / KILO)} {larger}"


def _rounded(value: float) -> str:
    size = abs(value)
    return f"{value:.2f}" if size < 10 else f"{value:,.1f}" if size < 1_000 else f"{value:,.0f}"


def percent(value: Number | None) -> str:
    """A state of charge."""
    return NOTHING if value is None else f"{float(value):.0f} %"


def quantity(value: Number, unit: str) -> str:
    """A meter reading in its own unit, without the zeros that mean nothing."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, Decimal | float) else f"{value:,}"
    return f"{text} {unit}".rstrip()


def count(value: int) -> str:
    """A number of things."""
    return f"{value:,}"


def size(octets: int) -> str:
    """A size in bytes."""
    return f"{octets:,} B" if octets < 10 * KILO else f"{octets / KILO:,.0f} kB"


def instant(at: dt.datetime) -> str:
    """A moment for machines: RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(at: dt.datetime) -> str:
    """A moment for people, in UTC; the page's script turns it into their own zone."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def ago(at: dt.datetime, now: dt.datetime) -> str:
    """How long ago, in one unit."""
    passed_s = int((now - at).total_seconds())
    if passed_s < 0:
        return f"in {_unit(-passed_s)}" if passed_s < -5 else "just now"
    return "just now" if passed_s < 5 else f"{_unit(passed_s)} ago"


def _unit(seconds: int) -> str:
    for length_s, name in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= length_s:
            return f"{seconds // length_s} {name}"
    return f"{seconds} s"


def duration(since: dt.datetime, until: dt.datetime) -> str:
    """How long, in hours and minutes."""
    seconds = max(0, int((until - since).total_seconds()))
    if seconds < MINUTE_S:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // MINUTE_S, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def tone(status: str | None) -> str:
    """The colour of a status."""
    return TONES.get(status or "", "mute")


def words(name: str) -> str:
    """A word of the machine for people: `timed_out` is `timed out`."""
    return name.replace("_", " ").replace("-", " ")


def pretty(value: Any) -> str:
    """A value as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def milliseconds(span_ms: float) -> str:
    """A short span: `8 ms`, `1.3 s`."""
    return f"{span_ms:.0f} ms" if span_ms < KILO else f"{span_ms / KILO:.1f} s"


def pretty_text(text: str) -> str:
    """JSON text indented; any other text as it is."""
    try:
        msgspec.json.decode(text)
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text


UNRATED = {
    "no-tariff": "No tariff was assigned that was valid when it started.",
    "energy-unknown": "No reading tells its energy, and its tariff prices energy.",
    "too-long": "It lasted longer than any stay: the station's clock may be wrong.",
    "times-impossible": "Its times cannot be, and nobody knows the right ones: the station's clock is wrong.",
}
"""Why a session has no price, in a sentence each."""

_UNITS = {"FLAT": "a session", "ENERGY": "/kWh", "TIME": "/h", "PARKING_TIME": "/h parked"}
_LIMITS = {
    "start_time": "from {}",
    "end_time": "until {}",
    "start_date": "since {}",
    "end_date": "before {}",
    "min_kwh": "from {} kWh",
    "max_kwh": "below {} kWh",
    "min_power": "from {} kW",
    "max_power": "below {} kW",
    "min_duration": "after {} s",
    "max_duration": "in the first {} s",
}


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, at least two decimals, no more zeros than these."""
    text = f"{amount:,.4f}"
    return f"{text[:-2] + text[-2:].rstrip('0')} {currency}"


def price_of(component: PriceComponent, currency: str) -> str:
    """What a price is for: `0.49 EUR/kWh`."""
    unit = _UNITS[component.type]
    return f"{money(component.price, currency)}{'' if unit.startswith('/') else ' '}{unit}"


def limits(restrictions: Restrictions) -> str:
    """When an element is active, in words."""
    limits_text = [
        template.format(value)
        for name, template in _LIMITS.items()
        if (value := getattr(restrictions, name)) is not None
    ]
    limits_text += [day.capitalize()[:3] for day in restrictions.day_of_week]
    limits_text += ["also while the station gives no power"] if restrictions.suspended_evse else []
    return ", ".join(limits_text)


def billed(line: CostLine, currency: str) -> str:
    """What a line of a bill charges: `12.3 kWh at 0.49 EUR`."""
    match line.dimension:
        case "FLAT":
            return "start"
        case "ENERGY":
            what = quantity(line.billed, "kWh")
        case "TIME" | "PARKING_TIME":
            what = f"{quantity(line.billed / MINUTE_S, 'min')}{' parked' if line.dimension == 'PARKING_TIME' else ''}"
    return f"{what} at {money(line.price, currency)}"
