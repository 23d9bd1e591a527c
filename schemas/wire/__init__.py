"""OCPP payloads: types compiled from the JSON Schemas that the `ocpp` package ships, and their verdicts."""

from typing import Literal

from schemas.base import OcppVersion
from schemas.wire.faults import Fault, Violation

__all__ = ["Fault", "Kind", "Violation", "sendable", "verdict"]

Kind = Literal["request", "response"]


def verdict(version: OcppVersion, action: str, kind: Kind, payload: bytes) -> Violation | None:
    """What is wrong with a payload, None where nothing is. An action the version does not have is NOT_IMPLEMENTED."""
    raise NotImplementedError


def sendable(version: OcppVersion) -> frozenset[str]:
    """The actions a CSMS may send in a version."""
    raise NotImplementedError
