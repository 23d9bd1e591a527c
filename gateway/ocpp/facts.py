"""Facts: every message of stations that no noun acts on yet, kept whole on its noun's topic and answered as its spec demands."""

from collections.abc import Callable
from typing import Any

from gateway.ocpp.rows import EMPTY, V16, V21, V201, Call, Capability, Inbound, Said, stored
from gateway.ocpp.spelling.errors import refusal
from schemas.base import OcppVersion, Record
from schemas.facts import FactReported
from schemas.secrets import mask_json
from schemas.wire import Fault

ALL = (V16, V201, V21)
V2X = (V201, V21)


# -- answers ----------------------------------------------------------------------------------------------------------


def empty(_: Call) -> Said:
    """The response has no required members: kept, nothing more to say."""
    return EMPTY


def undecidable(call: Call) -> Said:
    """The response carries a decision that nobody takes yet."""
    return refusal(call.version, Fault.NOT_IMPLEMENTED, f"{call.action} is kept, but not acted on")


# -- rows -------------------------------------------------------------------------------------------------------------


def fact(call: Call, noun: str) -> tuple[Record, ...]:
    """A message kept whole, on its noun's topic."""
    return (
        FactReported(
            id=call.id("fact"),
            station=call.context.station,
            noun=noun,
            version=call.version,
            action=call.action,
            payload=mask_json(call.payload),
            received_at=call.context.received_at,
        ),
    )


def fact_row(
    action: str,
    versions: tuple[OcppVersion, ...],
    *,
    noun: str,
    says: Callable[[Call], Said] = empty,
    send: bool = False,
) -> Inbound:
    """A message that is kept whole on its noun's topic, and answered with what `says` gives."""

    def reported(_: Any, call: Call) -> tuple[Record, ...]:
        return fact(call, noun)

    return stored(action, dict.fromkeys(versions, reported), result=says, send=send)


FACTS = Capability(
    inbound=(fact_row("PublishFirmwareStatusNotification", V2X, noun="firmware"),),
)
