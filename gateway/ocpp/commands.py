"""Raw commands: any action that a CSMS may send in the station's own version."""

from gateway.ocpp.rows import V16, V21, V201, Capability, Draft, Invalid, Outbound, compact
from gateway.ocpp.spelling.outcomes import by_status_if_any
from schemas.commands import RawCall


def raw(command: RawCall, _: str) -> Draft | Invalid:
    """The action as it was asked for, its payload made compact and otherwise untouched."""
    payload = compact(command.payload)
    return payload if isinstance(payload, Invalid) else Draft(command.action, payload)


RAW_COMMANDS = Capability(
    outbound=(
        Outbound(
            command=RawCall,
            to={V16: raw, V201: raw, V21: raw},
            outcome={V16: by_status_if_any, V201: by_status_if_any, V21: by_status_if_any},
        ),
    ),
)
