"""What a storm of handshakes costs the gate: `python -m tests.benchmarks.passwords [STATIONS]`. Prints figures, asserts no time.

Every station comes twice with its right password: first after a start of the gateway, when the password has to be derived, then again
as after an outage, when it is remembered. The control in the same run is the same storm of stations that need no password. The ratio to
the control is what can be compared between machines.
"""

import argparse
import base64
import datetime as dt
import gc
import time

from gateway.admission import Admitted, Request
from gateway.gate import Gate
from gateway.references import References
from gateway.settings import Settings
from schemas.codec import encode
from schemas.credentials import hash_password
from schemas.routing import route
from schemas.stations import StationProvisioned

AT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)


def provisioned(references: References, station: str, password: str) -> None:
    """Have the gateway know a station, with a password or without."""
    hashed = hash_password(password, station.encode()[:16].ljust(16)) if password else ""
    record = StationProvisioned(station=station, password_hash=hashed, provisioned_at=AT)
    routed = route(record)
    references.apply(routed.topic, routed.key, encode(record))


def request(station: str, password: str) -> Request:
    """The handshake of a station."""
    header = "Basic " + base64.b64encode(f"{station}:{password}".encode()).decode() if password else None
    return Request(path=f"/ocpp/{station}", subprotocols=("ocpp2.0.1",), authorization=header)


def storm(gate: Gate, requests: list[Request]) -> float:
    """Seconds in which the gate decides on all of them; every one is admitted."""
    gc.collect()
    began = time.perf_counter()
    verdicts = [gate.decide(each, "192.0.2.1", 1_000.0) for each in requests]
    took = time.perf_counter() - began
    assert all(isinstance(each, Admitted) for each in verdicts)
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stations", type=int, nargs="?", default=20_000)
    count = parser.parse_args().stations
    references = References()
    gate = Gate(Settings(), references, lambda _: None)
    secured = [(f"SECURED-{number:05}", f"{number:05}-a-password-of-40-characters-abcdefgh") for number in range(count)]
    for station, password in secured:
        provisioned(references, station, password)
        provisioned(references, f"OPEN-{station}", "")
    unsecured = [request(f"OPEN-{station}", "") for station, _ in secured]
    storm(gate, unsecured)  # warm
    control = storm(gate, unsecured)
    known = [request(station, password) for station, password in secured]
    for name, took in (("no password", control), ("derived", storm(gate, known)), ("remembered", storm(gate, known))):
        print(
            f"{name:12} {took:8.3f} s for {count} handshakes, {took / count * 1e6:8.1f} us each, {took / control:6.1f} x control"
        )


if __name__ == "__main__":
    main()
