"""Records and rows as services make them; one override each."""

from decimal import Decimal
from typing import Any

from schemas.authorization import IdToken, TokenProvisioned
from schemas.commands import CommandSettled
from schemas.stations import ConnectorState, StationChanged
from schemas.transactions import SessionChanged
from services.api.fakes import NOON

STATION = "DE-BER-0001"


def a_state(**override: Any) -> StationChanged:
    given: dict[str, Any] = {
        "id": "state-1",
        "station": STATION,
        "revision": 1,
        "connected": True,
        "gateway": "gw-0",
        "version": "1.6",
        "vendor": "Example",
        "registration": "Accepted",
        "connectors": (ConnectorState(evse=1, connector=1, status="Available", at=NOON),),
        "connected_at": NOON,
        "changed_at": NOON,
    }
    return StationChanged(**{**given, **override})


def a_session(**override: Any) -> SessionChanged:
    given: dict[str, Any] = {
        "id": "session-change-1",
        "session": "s1",
        "station": STATION,
        "revision": 1,
        "transaction_id": "1234567",
        "evse": 1,
        "token": IdToken(value="04A2B3C4D5", type="ISO14443"),
        "status": "active",
        "started_at": NOON,
        "energy_wh": Decimal("7321.250"),
        "changed_at": NOON,
    }
    return SessionChanged(**{**given, **override})


def a_token(**override: Any) -> TokenProvisioned:
    given: dict[str, Any] = {"token": "04A2B3C4D5", "provisioned_at": NOON}
    return TokenProvisioned(**{**given, **override})


def an_outcome(**override: Any) -> CommandSettled:
    given: dict[str, Any] = {
        "id": "outcome-1",
        "command_id": "c1",
        "station": STATION,
        "outcome": "accepted",
        "settled_at": NOON,
    }
    return CommandSettled(**{**given, **override})
