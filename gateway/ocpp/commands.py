"""Raw commands: any action that a CSMS may send in the station's own version."""

from gateway.ocpp.rows import Capability, Draft, Invalid, Outbound, compact, spelled
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.commands import RawCall


def raw(command: RawCall, _: str) -> Draft | Invalid:
    """The requested action; its payload is made compact and otherwise not changed."""
    payload = compact(command.payload)
    return payload if isinstance(payload, Invalid) else Draft(command.action, payload)


RAW_COMMANDS = Capability(
    outbound=(
        Outbound(
            command=RawCall,
            to=spelled(v16=raw, v2x=raw),
            outcome=spelled(v16=by_answer, v2x=by_answer),
        ),
    ),
)
