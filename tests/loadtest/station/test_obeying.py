"""What a command does at the bays: at one of them, or at all."""

from typing import Any

import pytest

from loadtest.ocpp.intents import SetAvailability, StopCharging
from loadtest.station.obeying import bays_of, obey


class Recorded:
    """A bay that keeps what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def set_operative(self, operative: bool) -> None:
        self.asked.append(operative)

    def stop(self, reason: str) -> None:
        self.asked.append(reason)


@pytest.mark.parametrize(("evse", "numbers"), [(0, [0, 1]), (2, [1])])
def test_zero_names_every_bay(evse: int, numbers: list[int]) -> None:
    bays: Any = [Recorded(), Recorded()]

    obey(bays, SetAvailability(evse=evse, operative=False))

    assert [number for number, bay in enumerate(bays) if bay.asked] == numbers
    assert len(bays_of(bays, evse)) == len(numbers)


def test_a_stop_is_for_one_bay() -> None:
    bays: Any = [Recorded(), Recorded()]

    obey(bays, StopCharging(evse=2, reason="Remote"))

    assert [bay.asked for bay in bays] == [[], ["Remote"]]
