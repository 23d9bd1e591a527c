"""Faults: the kinds of faults of a message, the same for every version."""

from enum import Enum

import msgspec


class Fault(Enum):
    """Why a message is refused; `gateway.ocpp.spelling.errors` spells each for each version."""

    FRAMING = "framing"
    """Not an OCPP-J frame: a message id that cannot be read, a wrong number of elements."""
    FORMAT = "format"
    """Not the structure of the action: broken JSON, no object, a member that does not exist."""
    MESSAGE_TYPE = "message-type"
    """A message type number that the version does not have."""
    NOT_IMPLEMENTED = "not-implemented"
    """The action is not known."""
    NOT_SUPPORTED = "not-supported"
    """The action is known, but not one that a CSMS answers."""
    OCCURRENCE = "occurrence"
    """A required member is missing, or a list is too short or too long."""
    PROPERTY = "property"
    """A member's value is not allowed: length, enumeration, bounds."""
    TYPE = "type"
    """A member is of the wrong JSON type."""
    SECURITY = "security"
    """Not allowed now: the station is not accepted."""
    INTERNAL = "internal"
    """A failure on our side; the station may repeat the message."""
    GENERIC = "generic"
    """Anything else."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a payload breaks. `path` names the member (`meterValue[0].sampledValue[0].value`; empty: the whole payload).

    `description` is a sentence that names it too, at most 255 characters (OCPP-J's limit of errorDescription).
    """

    fault: Fault
    path: str
    description: str
