"""What charging costs by the tariff of a simulated 2.1 station, as its TransactionEvents report it (I12). PURE.

It takes the first price without conditions, and says that it cannot calculate where a dimension has none.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from loadtest.ocpp.messages import AnyFact, Authorized, Payload, StateChanged, stamp

CENT, PART = Decimal("0.01"), Decimal("0.0001")
_NOUGHT = Decimal(0)


class Stretch:
    """What is used by one tariff."""

    def __init__(self, tariff: Payload, since: datetime) -> None:
        self.tariff = tariff
        self.since = since
        self.energy_wh = 0
        self.charging_s = 0.0
        self.idle_s = 0.0


class Book:
    """What a transaction has used, tariff by tariff, of the facts as they happen."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self._at: datetime | None = None
        self._register_wh: int | None = None
        self._charges = False

    def note(self, fact: AnyFact, tariff: Payload | None) -> None:
        """A fact; `tariff` is the one that counts from here on, where it is another one."""
        if self.stretches and self._at is not None:
            self._count(fact)
        sample = None if isinstance(fact, Authorized) else fact.sample
        self._at = fact.at
        self._register_wh = self._register_wh if sample is None else sample.register_wh
        if isinstance(fact, StateChanged):
            self._charges = fact.state == "Charging"
        if tariff is not None and (not self.stretches or self.stretches[-1].tariff is not tariff):
            self.stretches.append(Stretch(tariff, fact.at))

    def _count(self, fact: AnyFact) -> None:
        now, assumed = self.stretches[-1], self._at
        assert assumed is not None
        passed = (fact.at - assumed).total_seconds()
        if self._charges:
            now.charging_s += passed
        else:
            now.idle_s += passed
        if not isinstance(fact, Authorized) and self._register_wh is not None:
            now.energy_wh += fact.sample.register_wh - self._register_wh

    def details(self) -> Payload | None:
        """CostDetailsType; None without a tariff."""
        if not self.stretches:
            return None
        parts: dict[str, tuple[Decimal, Decimal]] = {}
        failed = False
        for stretch in self.stretches:
            for name, cost in _costs(stretch).items():
                failed = failed or cost is None
                before = parts.get(name, (_NOUGHT, _NOUGHT))
                parts[name] = before if cost is None else (before[0] + cost[0], before[1] + cost[1])
        if len(self.stretches) > 1 and "fixed" in parts:
            parts["fixed"] = _costs(self.stretches[0]).get("fixed") or (_NOUGHT, _NOUGHT)  # once, at the start
        total = [sum((each[which] for each in parts.values()), _NOUGHT) for which in (0, 1)]
        return {
            "chargingPeriods": [_period(each) for each in self.stretches],
            "totalCost": {
                "currency": self.stretches[0].tariff["currency"],
                "typeOfCost": "NormalCost",
                **{name: _price(*cost, PART) for name, cost in parts.items()},
                "total": _price(total[0], total[1], CENT),
            },
            "totalUsage": {
                "energy": sum(each.energy_wh for each in self.stretches),
                "chargingTime": int(sum(each.charging_s for each in self.stretches)),
                "idleTime": int(sum(each.idle_s for each in self.stretches)),
            },
            **({"failureToCalculate": True, "failureReason": "conditions are not simulated"} if failed else {}),
        }


def _costs(stretch: Stretch) -> dict[str, tuple[Decimal, Decimal] | None]:
    """The cost of each dimension that the tariff has, without tax and with it; None where every price has conditions."""
    volumes = {
        "energy": ("energy", "priceKwh", Decimal(stretch.energy_wh) / 1_000),
        "chargingTime": ("chargingTime", "priceMinute", Decimal(str(stretch.charging_s)) / 60),
        "idleTime": ("idleTime", "priceMinute", Decimal(str(stretch.idle_s)) / 60),
        "fixedFee": ("fixed", "priceFixed", Decimal(1)),
    }
    found: dict[str, tuple[Decimal, Decimal] | None] = {}
    for member, (name, price, volume) in volumes.items():
        part: Any = stretch.tariff.get(member)
        if part is None:
            continue
        free = next((each for each in part["prices"] if "conditions" not in each), None)
        if free is None:
            found[name] = None
            continue
        excl = Decimal(str(free[price])) * volume
        tax = sum((Decimal(str(rate["tax"])) for rate in part.get("taxRates", ())), _NOUGHT)
        found[name] = (excl, excl * (100 + tax) / 100)
    return found


def _period(stretch: Stretch) -> Payload:
    # the schema of OCPP 2.1 spells IdleTIme so
    volumes = (("Energy", stretch.energy_wh), ("ChargingTime", stretch.charging_s), ("IdleTIme", stretch.idle_s))
    return {
        "dimensions": [{"type": name, "volume": volume} for name, volume in volumes],
        "tariffId": stretch.tariff["tariffId"],
        "startPeriod": stamp(stretch.since),
    }


def _price(excl: Decimal, incl: Decimal, step: Decimal) -> Payload:
    return {"exclTax": _number(excl, step), "inclTax": _number(incl, step)}


def _number(value: Decimal, step: Decimal) -> msgspec.Raw:
    return msgspec.Raw(str(value.quantize(step, rounding=ROUND_HALF_UP)).encode())
