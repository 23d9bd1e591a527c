"""Comparing: our bill of a session with what its station computed by its own tariff (2.1 part 2, I12). PURE.

The bill stays ours: the station may have missed a tariff, read its meter at other moments, or count idle time in another way.
"""

from decimal import Decimal

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.billing import CdrIssued
from schemas.stationcosts import StationCost
from services.billing.issuing import cost_for_driver
from services.billing.money import minor_digits


def compared(cdr: CdrIssued, cost: StationCost | None, tariff: str) -> CdrIssued:
    """The record with the station's tariff and cost, and with an anomaly where that is another cost than the billed one."""
    anomalies = cdr.anomalies
    if cost is not None and differs(cdr, cost):
        anomalies = tuple(sorted({*anomalies, str(Anomaly.COST_DIFFERS)}))
    return replace(cdr, station_tariff=tariff, station_cost=cost, anomalies=anomalies)


def differs(cdr: CdrIssued, cost: StationCost) -> bool:
    """Whether the station's cost is another one: in another currency, or by more than the smallest amount that is billed.

    One that the station could not calculate, or that nobody could here, is not compared.
    """
    theirs = cost.total.for_driver
    if cdr.costs is None or cost.failed or theirs is None:
        return False
    if cost.currency != cdr.currency:
        return True
    return abs(theirs - cost_for_driver(cdr.costs)) > Decimal(1).scaleb(-minor_digits(cdr.currency))
