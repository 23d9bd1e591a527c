"""Costs: reads what a 2.1 station says a transaction costs (CostDetailsType, I12).

What is read here is what is compared with the bill; the message's `costDetails` stands whole in the record's `further` beside it.
"""

from typing import Any

from gateway.ocpp.rows import Context
from gateway.ocpp.spelling.moments import StationTime, moment
from schemas.stationcosts import MOST_PERIODS, StationAmount, StationCost, StationCostPeriod


def station_cost(wire: Any, context: Context) -> tuple[StationCost | None, tuple[str, ...]]:
    """The cost in a TransactionEvent, and the deviations of its times; None where there is none, as in 2.0.1."""
    details = getattr(wire, "costDetails", None)
    if details is None or details.totalCost is None:
        return None, ()
    cost, usage = details.totalCost, details.totalUsage
    listed = [each for each in details.chargingPeriods or () if each.startPeriod]
    times = [moment(each.startPeriod, context) for each in listed[:MOST_PERIODS]]
    made = StationCost(
        currency=cost.currency or "",
        type=cost.typeOfCost or "",
        total=_amount(cost.total) or StationAmount(),
        fixed=_amount(cost.fixed),
        energy=_amount(cost.energy),
        charging_time=_amount(cost.chargingTime),
        idle_time=_amount(cost.idleTime),
        reservation_time=_amount(cost.reservationTime),
        reservation_fixed=_amount(cost.reservationFixed),
        energy_wh=usage.energy if usage else None,
        charging_s=usage.chargingTime if usage else None,
        idle_s=usage.idleTime if usage else None,
        reservation_s=usage.reservationTime if usage else None,
        periods=tuple(_period(each, time) for each, time in zip(listed, times, strict=False)),
        failed=details.failureToCalculate or False,
        failure=details.failureReason or "",
    )
    return made, tuple(dict.fromkeys(each for time in times for each in time.deviations))


def _amount(price: Any) -> StationAmount | None:
    return None if price is None else StationAmount(excl_tax=price.exclTax, incl_tax=price.inclTax)


def _period(wire: Any, started: StationTime) -> StationCostPeriod:
    volumes = {each.type: each.volume for each in wire.dimensions or () if each.type and each.volume is not None}
    return StationCostPeriod(started_at=started.at, tariff_id=wire.tariffId or "", volumes=volumes)
