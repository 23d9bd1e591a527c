"""The tariffs of a simulated 2.1 station: set, read, cleared, and changed in a transaction (I07 to I11). PURE."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from loadtest.ocpp.intents import KeepTariffs, KeepTransactionTariff, Reply, Row, View
from loadtest.ocpp.messages import Payload
from loadtest.ocpp.replies import Request, status

MAX_ELEMENTS = 10
"""Prices of one dimension that it takes (TariffCostCtrlr.MaxElements)."""

DIMENSIONS = ("energy", "chargingTime", "idleTime", "fixedFee")


class _Set(Request, frozen=True, rename="camel"):
    evse_id: Annotated[int, msgspec.Meta(ge=0)]
    tariff: dict[str, Any]


class _Get(Request, frozen=True, rename="camel"):
    evse_id: Annotated[int, msgspec.Meta(ge=0)]


class _Clear(Request, frozen=True, rename="camel"):
    tariff_ids: list[str] = []
    evse_id: int | None = None


class _Change(Request, frozen=True, rename="camel"):
    transaction_id: str
    tariff: dict[str, Any]


def _set(view: View, request: Any) -> Reply:
    places = [bay.evse for bay in view.bays if request.evse_id in (0, bay.evse)]
    if not places:
        return status("Rejected")  # I07.FR.06
    if _too_many(request.tariff):
        return status("TooManyElements")  # I07.FR.02
    if any(one["tariffId"] == request.tariff["tariffId"] for one in view.tariffs.values()):
        return status("DuplicateTariffId")  # I07.FR.04
    return status("Accepted", KeepTariffs(tariffs={**view.tariffs, **dict.fromkeys(places, request.tariff)}))


def _too_many(tariff: Payload) -> bool:
    parts = (tariff.get(name) for name in DIMENSIONS)
    return any(len(part["prices"]) > MAX_ELEMENTS for part in parts if isinstance(part, dict))


def _get(view: View, request: Any) -> Reply:
    places: dict[str, list[int]] = {}
    for evse, one in sorted(view.tariffs.items()):
        if request.evse_id in (0, evse):
            places.setdefault(str(one["tariffId"]), []).append(evse)
    if not places:
        return status("NoTariff")  # I09.FR.03
    told = [
        {"tariffId": name, "tariffKind": "DefaultTariff", "evseIds": evses} for name, evses in places.items()
    ]  # I09.FR.04
    return Reply(payload={"status": "Accepted", "tariffAssignments": told})


def _clear(view: View, request: Any) -> Reply:
    gone = {
        evse: str(one["tariffId"])
        for evse, one in view.tariffs.items()
        if (not request.tariff_ids or one["tariffId"] in request.tariff_ids) and request.evse_id in (None, 0, evse)
    }
    if not gone:
        return Reply(payload={"clearTariffsResult": [{"status": "NoTariff"}]})  # I10.FR.06
    left = {evse: one for evse, one in view.tariffs.items() if evse not in gone}
    results = [{"tariffId": name, "status": "Accepted"} for name in sorted(set(gone.values()))]
    return Reply(payload={"clearTariffsResult": results}, intents=(KeepTariffs(tariffs=left),))


def _change(view: View, request: Any) -> Reply:
    bay = view.charging(request.transaction_id)
    if bay is None:
        return status("TxNotFound")  # I11.FR.04
    if _too_many(request.tariff):
        return status("TooManyElements")  # I11.FR.02
    before = view.tariffs.get(bay.evse)
    if before is not None and before["currency"] != request.tariff["currency"]:
        return status("NoCurrencyChange")  # I11.FR.05
    return status("Accepted", KeepTransactionTariff(evse=bay.evse, tariff=request.tariff))


TARIFFS_21: Mapping[str, Row] = {
    "SetDefaultTariff": (_Set, _set),
    "GetTariffs": (_Get, _get),
    "ClearTariffs": (_Clear, _clear),
    "ChangeTransactionTariff": (_Change, _change),
}
