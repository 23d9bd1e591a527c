"""How commands name EVSEs and connectors in each version."""

from gateway.ocpp.rows import Invalid, Unsupported
from gateway.ocpp.spelling.evses import connector_16, evse_2x


def test_in_16_the_connector_is_the_evse() -> None:
    assert connector_16(2, None) == connector_16(2, 1) == 2
    assert connector_16(None, None) is None


def test_16_cannot_name_a_second_connector_of_an_evse() -> None:
    assert isinstance(connector_16(2, 2), Unsupported)


def test_2x_names_both() -> None:
    assert evse_2x(2, None) == {"id": 2}
    assert evse_2x(2, 1) == {"id": 2, "connectorId": 1}
    assert evse_2x(None, None) is None


def test_a_connector_without_its_evse_is_invalid() -> None:
    assert isinstance(connector_16(None, 1), Invalid)
    assert isinstance(evse_2x(None, 1), Invalid)
