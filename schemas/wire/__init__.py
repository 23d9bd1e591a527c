"""Wire: decodes and validates OCPP payloads with types compiled from the JSON Schemas of the `ocpp` package."""

from functools import cache
from typing import Any

import msgspec

from schemas.base import OcppVersion
from schemas.wire.compiler import Compiler
from schemas.wire.directions import TO_STATION
from schemas.wire.explain import explain
from schemas.wire.faults import Fault, Violation
from schemas.wire.files import Kind, actions, schema
from schemas.wire.numbers import number_hook, number_token

__all__ = ["Decoder", "Fault", "Kind", "Violation", "actions", "decode", "decoder", "receiver", "sendable", "verdict"]

Decoder = msgspec.json.Decoder[Any]


@cache
def decoder(version: OcppVersion, action: str, kind: Kind) -> Decoder:
    """The decoder of a payload, compiled when first asked for (1-2 ms). Raises KeyError where the version has no such message.

    Members keep their wire names; absent ones are None; numbers are Decimal.
    """
    compiled = Compiler(schema(version, action, kind), action).compile()
    return msgspec.json.Decoder(compiled, dec_hook=number_hook, float_hook=number_token)


@cache
def receiver(version: OcppVersion, action: str) -> Decoder:
    """The decoder of a request that becomes a record: as `decoder`, with numbers limited to what records can store."""
    compiled = Compiler(schema(version, action, "request"), action, storable=True).compile()
    return msgspec.json.Decoder(compiled, dec_hook=number_hook, float_hook=number_token)


def decode(payload_decoder: Decoder, payload: bytes) -> Any | Violation:
    """Decode a payload to its compiled type, or return its violation."""
    try:
        return payload_decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return explain(error)


def verdict(version: OcppVersion, action: str, kind: Kind, payload: bytes) -> Violation | None:
    """The violation of a payload, None where it is valid. An action that the version does not have is NOT_IMPLEMENTED."""
    if action not in actions(version, kind):
        return Violation(
            fault=Fault.NOT_IMPLEMENTED, path="", description=f"OCPP {version} has no {action[:64]} {kind}"
        )
    decoded = decode(decoder(version, action, kind), payload)
    return decoded if isinstance(decoded, Violation) else None


def sendable(version: OcppVersion) -> frozenset[str]:
    """The actions a CSMS may send in a version."""
    return TO_STATION[version]
