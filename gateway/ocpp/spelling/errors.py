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


SINCE_21: frozenset[OcppVersion] = frozenset({"2.1"})
"""The versions whose message types are five: CALLRESULTERROR and SEND came with 2.1 (part 4, 4.1.3)."""

_SILENT_ABOUT_TYPES: frozenset[OcppVersion] = frozenset({"1.6"})
_NAMELESS: Mapping[OcppVersion, str] = {"2.0.1": "-1", "2.1": "-1"}


def unknown_type(version: OcppVersion, description: str) -> Refusal | None:
    """A CALLERROR for a message type that the version does not have; None where it is ignored.

    2.0.1 answers it (part 4, 4.4), 2.1 still has the code for it (4.3); 1.6 ignores it (OCPP-J 1.6, 4.1.3).
    """
    return None if version in _SILENT_ABOUT_TYPES else refusal(version, Fault.MESSAGE_TYPE, description)


def unreadable_id(version: OcppVersion) -> str | None:
    """The message id for a CALLERROR to a message whose own cannot be read (part 4, 4.2.3); None in 1.6."""
    return _NAMELESS.get(version)
