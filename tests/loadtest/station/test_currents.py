"""The ledger of currents names the lines of the grid, whichever phase of the EVSE is connected to them."""

import json

from loadtest.station.currents import ROTATIONS, CurrentsLedger
from tests.loadtest.hand_clock import START


def test_the_first_phase_counts_on_the_line_to_which_it_is_connected(tmp_path) -> None:
    path = tmp_path / "currents.jsonl"
    ledger = CurrentsLedger(path)
    ledger.drew("DE-BER-0001", ROTATIONS[1], 2, (16.0, 0.0, 0.0), START)
    ledger.close()

    (entry,) = map(json.loads, path.read_text().splitlines())
    assert entry == {
        "at": START.timestamp(),
        "station": "DE-BER-0001",
        "evse": 2,
        "amps": {"L2": 16.0, "L3": 0.0, "L1": 0.0},
    }
