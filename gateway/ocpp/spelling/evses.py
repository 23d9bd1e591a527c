"""EVSEs and connectors: how commands name them in each version."""

from gateway.ocpp.rows import Invalid, Unsupported, present

_ORPHAN = Invalid(description="evse is missing: a connector is named together with its EVSE")


def connector_16(evse: int | None, connector: int | None) -> int | Invalid | Unsupported | None:
    """The 1.6 connector id of an EVSE: connector n is EVSE n, connector 1. None where no EVSE is given."""
    if evse is None:
        return None if connector is None else _ORPHAN
    if connector is not None and connector > 1:
        return Unsupported(reason="OCPP 1.6 has one connector per EVSE: name it by its EVSE")
    return evse


def evse_2x(evse: int | None, connector: int | None) -> dict[str, int] | Invalid | None:
    """2.x EVSEType. None where no EVSE is given."""
    if evse is None:
        return None if connector is None else _ORPHAN
    return present(id=evse, connectorId=connector)
