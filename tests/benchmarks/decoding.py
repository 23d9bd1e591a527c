"""What reading a message costs: `python -m tests.benchmarks.decoding`. Prints figures, asserts no time.

Each message is read by the gateway's translation, valid and bent, beside a control in the same run: the bare decoder of its
compiled type, without records. The ratio to the control is what can be compared between machines.
"""

import argparse
import datetime as dt
import gc
import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from gateway.ocpp.rows import Context
from gateway.ocpp.translate import receive
from schemas.base import OcppVersion
from schemas.wire import decode, decoder

AT = "2026-03-29T00:59:59Z"
CONTEXT = Context(station="S", gateway="gw-0", epoch=7, received_at=dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC))
ENERGY = {"measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic"}
MEASURANDS = ("Power.Active.Import", "Current.Import", "Voltage")

STATUS_16 = {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": AT}
METER_16 = {
    "connectorId": 1,
    "transactionId": 7,
    "meterValue": [
        {
            "timestamp": AT,
            "sampledValue": [
                {"value": "12500", "unit": "Wh", **ENERGY},
                *({"value": "16.1", "measurand": measurand} for measurand in MEASURANDS),
            ],
        }
    ],
}
METER_2X = {
    "evseId": 1,
    "meterValue": [
        {
            "timestamp": AT,
            "sampledValue": [
                {"value": 12500, "unitOfMeasure": {"unit": "Wh"}, **ENERGY},
                *({"value": 16.1, "measurand": measurand} for measurand in MEASURANDS),
            ],
        }
    ],
}
CASES: tuple[tuple[OcppVersion, str, Any], ...] = (
    ("1.6", "StatusNotification", STATUS_16),
    ("1.6", "StatusNotification", STATUS_16 | {"errorCode": "Error"}),
    ("1.6", "MeterValues", METER_16),
    ("1.6", "MeterValues", METER_16 | {"vendor": 1}),
    ("2.0.1", "MeterValues", METER_2X),
    ("2.0.1", "MeterValues", METER_2X | {"customData": {"vendorId": "v"}}),
    ("2.0.1", "MeterValues", METER_2X | {"evseId": "1"}),
)


def microseconds(call: Callable[[], Any], *, calls: int, rounds: int) -> float:
    """The median over some rounds of what a call takes."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(calls):
            call()
        took.append((time.perf_counter() - began) / calls * 1e6)
    return median(took)


def main() -> None:
    """Measure each message, and print it beside its control."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calls", type=int, default=5_000)
    asked.add_argument("--rounds", type=int, default=9)
    given = asked.parse_args()
    gc.disable()
    print(f"{'message':48} {'control':>9} {'received':>9}  ratio")
    for version, action, whole in CASES:
        payload = json.dumps(whole).encode()
        bare = decoder(version, action, "request")
        control = microseconds(lambda b=bare, p=payload: decode(b, p), calls=given.calls, rounds=given.rounds)
        received = microseconds(
            lambda v=version, a=action, p=payload: receive(v, a, "m1", p, CONTEXT),
            calls=given.calls,
            rounds=given.rounds,
        )
        name = f"{version} {action}"
        print(f"{name:48} {control:7.2f}us {received:7.2f}us {received / control:6.2f}")


if __name__ == "__main__":
    main()
