"""Metrics of `securityoperations`: operations that end, by kind and status."""

from prometheus_client import REGISTRY

from services.securityoperations.app import counted
from services.securityoperations.core import step
from tests.services.securityoperations.stations import There, ordered


def count() -> float:
    labels = {"kind": "rotate-password", "status": "rejected"}
    return REGISTRY.get_sample_value("voltbus_services_security_operations_total", labels) or 0


def test_operations_that_end_are_counted() -> None:
    before, there = count(), There()
    counting, state = counted(step), there.state
    for number in range(11):  # one more than may wait
        state, _ = counting(state, ordered(id=f"order-{number}"), references={}, keys=None)

    assert count() == before + 1
