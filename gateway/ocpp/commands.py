"""Raw commands: any action that a CSMS may send in the station's own version."""

import msgspec

from gateway.ocpp.outcomes import by_status_if_any
from gateway.ocpp.rows import V16, V21, V201, Capability, Draft, Invalid, Outbound
from schemas.commands import RawCall


def raw(command: RawCall, _: str) -> Draft | Invalid:
    """The action as it was asked for, its payload made compact and otherwise untouched."""
    try:
        payload = msgspec.json.format(bytes(command.payload), indent=-1)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Invalid(description=f"payload is not valid JSON: {error}")
    return Draft(command.action, msgspec.Raw(payload))


RAW_COMMANDS = Capability(
    outbound=(
        Outbound(
            command=RawCall,
            to={V16: raw, V201: raw, V21: raw},
            outcome={V16: by_status_if_any, V201: by_status_if_any, V21: by_status_if_any},
        ),
    ),
)
