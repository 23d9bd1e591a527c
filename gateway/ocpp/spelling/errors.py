"""Error codes: how each version spells a fault (OCPP-J 1.6 section 4.2.3; OCPP-J 2.0.1 and 2.1 section 4.3)."""

from collections.abc import Mapping

from gateway.ocpp.rows import Refusal
from schemas.base import OcppVersion
from schemas.wire import Fault, Violation

LONGEST_DESCRIPTION = 255

# "FormationViolation" and "OccurenceConstraintViolation" are the specification's own spelling.
_CODES_16: Mapping[Fault, str] = {
    Fault.FRAMING: "FormationViolation",
    Fault.FORMAT: "FormationViolation",
    Fault.MESSAGE_TYPE: "FormationViolation",
    Fault.NOT_IMPLEMENTED: "NotImplemented",
    Fault.NOT_SUPPORTED: "NotSupported",
    Fault.OCCURRENCE: "OccurenceConstraintViolation",
    Fault.PROPERTY: "PropertyConstraintViolation",
    Fault.TYPE: "TypeConstraintViolation",
    Fault.SECURITY: "SecurityError",
    Fault.INTERNAL: "InternalError",
    Fault.GENERIC: "GenericError",
}

_CODES_2X: Mapping[Fault, str] = {
    Fault.FRAMING: "RpcFrameworkError",
    Fault.FORMAT: "FormatViolation",
    Fault.MESSAGE_TYPE: "MessageTypeNotSupported",
    Fault.NOT_IMPLEMENTED: "NotImplemented",
    Fault.NOT_SUPPORTED: "NotSupported",
    Fault.OCCURRENCE: "OccurrenceConstraintViolation",
    Fault.PROPERTY: "PropertyConstraintViolation",
    Fault.TYPE: "TypeConstraintViolation",
    Fault.SECURITY: "SecurityError",
    Fault.INTERNAL: "InternalError",
    Fault.GENERIC: "GenericError",
}

_CODES: Mapping[OcppVersion, Mapping[Fault, str]] = {"1.6": _CODES_16, "2.0.1": _CODES_2X, "2.1": _CODES_2X}


def refusal(version: OcppVersion, fault: Fault, description: str) -> Refusal:
    """A CALLERROR for a fault, its code spelled for the version, its description within OCPP-J's 255 characters."""
    return Refusal(code=_CODES[version][fault], description=description[:LONGEST_DESCRIPTION])


def refused(version: OcppVersion, violation: Violation) -> Refusal:
    """A CALLERROR for a payload that breaks its schema."""
    return refusal(version, violation.fault, violation.description)
