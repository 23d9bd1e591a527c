"""Builders: requests of a station for ISO 15118, in the world of the API."""

import datetime as dt
from typing import Any

from schemas.iso15118 import Iso15118Answered, StatusFound
from schemas.x509 import HashData
from services.api.fakes import NOON, World
from services.api.iso15118.rows import request_of
from tests.services.api.builders import STATION

NAME = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1f")


def answered(**changes: Any) -> Iso15118Answered:
    members: dict[str, Any] = {
        "id": "1",
        "request": "r1",
        "station": STATION,
        "kind": "certificate-status",
        "accepted": True,
        "found": (StatusFound(source="OCSP", name=NAME, status="Good", next_update=NOON + dt.timedelta(days=1)),),
        "asked_at": NOON,
        "answered_at": NOON,
        "took_ms": 12,
    }
    return Iso15118Answered(**members | changes)


def a_contract(**changes: Any) -> Iso15118Answered:
    members: dict[str, Any] = {
        "request": "r2",
        "kind": "contract-certificate",
        "accepted": False,
        "detail": "The contract pool has no contract for this EV.",
        "found": (),
        "schema_version": "urn:iso:15118:2:2013:MsgDef",
        "action": "Install",
        "request_size": 4321,
    }
    return answered(**members | changes)


def hold(world: World, *records: Iso15118Answered) -> None:
    for record in records:
        world.reads.iso15118_rows[record.request] = request_of(record)
