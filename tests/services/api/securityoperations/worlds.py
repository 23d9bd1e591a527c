"""Builders: one operation and one batch, as records, and the seal of a deployment with a key."""

from typing import Any

from schemas.sealing import Seal
from schemas.securityoperations import BatchWave, OperationStep, SecurityBatchChanged, SecurityOperationChanged
from tests.services.api.builders import NOON, STATION

SEAL = Seal(b"k" * 64)
NETWORK = {"slot": 2, "url": "wss://csms.example.com/ocpp", "security_profile": 2}


def an_operation(**override: Any) -> SecurityOperationChanged:
    given: dict[str, Any] = {
        "id": "change-1",
        "operation": "op-1",
        "station": STATION,
        "revision": 1,
        "kind": "rotate-password",
        "status": "done",
        "steps": (OperationStep(step="password", status="done", command_id="c1", attempts=1, at=NOON),),
        "requested_at": NOON,
        "requested_by": "operator",
        "started_at": NOON,
        "ended_at": NOON,
        "changed_at": NOON,
    }
    return SecurityOperationChanged(**given | override)


def a_batch(**override: Any) -> SecurityBatchChanged:
    given: dict[str, Any] = {
        "id": "batch-change-1",
        "batch": "batch-1",
        "revision": 1,
        "title": "New passwords",
        "kind": "rotate-password",
        "status": "running",
        "stations": 3,
        "waves": (BatchWave(first=0, end=1, opened_at=NOON, ended=1, failed=1), BatchWave(first=1, end=3)),
        "counts": {"rejected": 1},
        "max_failures": 5,
        "expires_at": NOON,
        "requested_at": NOON,
        "requested_by": "operator",
        "changed_at": NOON,
    }
    return SecurityBatchChanged(**given | override)
