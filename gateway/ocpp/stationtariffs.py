"""Tariffs at stations: set, read, cleared, and changed in a transaction (2.1, I07, I09 to I11). Earlier versions have none."""

from gateway.ocpp.rows import Capability, Draft, Outbound, present, spelled
from gateway.ocpp.spelling.alike import alike, members
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.stationtariffs import ChangeTransactionTariff, ClearTariffs, GetTariffs, SetDefaultTariff


def set_21(command: SetDefaultTariff, _: str) -> Draft:
    """2.1 SetDefaultTariff (I07)."""
    return Draft("SetDefaultTariff", {"evseId": command.evse, "tariff": members(command.tariff)})


def get_21(command: GetTariffs, _: str) -> Draft:
    """2.1 GetTariffs (I09)."""
    return Draft("GetTariffs", {"evseId": command.evse})


def clear_21(command: ClearTariffs, _: str) -> Draft:
    """2.1 ClearTariffs (I10)."""
    return Draft("ClearTariffs", present(tariffIds=list(command.tariff_ids) or None, evseId=command.evse))


STATION_TARIFFS = Capability(
    outbound=(
        Outbound(command=SetDefaultTariff, to=spelled(v21=set_21)),
        Outbound(command=GetTariffs, to=spelled(v21=get_21), outcome=spelled(v21=by_answer)),
        Outbound(command=ClearTariffs, to=spelled(v21=clear_21), outcome=spelled(v21=by_answer)),
        Outbound(command=ChangeTransactionTariff, to=spelled(v21=alike("ChangeTransactionTariff"))),
    ),
)
