"""Boots: a reset waits for what charges unless it is to end that, and not for ever."""

from typing import Any

from loadtest.ocpp.intents import Reboot
from loadtest.ocpp.messages import Identity
from loadtest.ocpp.ocppj import CallFailed
from loadtest.station.booting import IDLE_LIMIT_S, Boots


class Bay:
    """A bay with a transaction that ends by itself after some seconds, or when it is stopped."""

    def __init__(self, ends_at_s: float) -> None:
        self.ends_at_s = ends_at_s
        self.now_s = 0.0
        self.stopped: list[str] = []

    @property
    def transaction(self) -> object | None:
        return None if self.stopped or self.now_s >= self.ends_at_s else object()

    def stop(self, reason: str) -> None:
        self.stopped.append(reason)


class Station:
    """A station whose time is moved by what waits."""

    def __init__(self, *ends_at_s: float, refuses: bool = False) -> None:
        self.bays: Any = tuple(Bay(seconds) for seconds in ends_at_s)
        self.clock: Any = self
        self.line: Any = self
        self.identity = Identity(vendor="V", model="M", serial_number="S", firmware="1.0")
        self.trouble = ""
        self.told: list[tuple[str, str]] = []
        self.restarts: list[str] = []
        self.waited_s = 0.0
        self._refuses = refuses

    async def wait(self, seconds: float) -> None:
        self.waited_s += seconds
        for bay in self.bays:
            bay.now_s += seconds

    async def restart(self, *, boot_reason: str, pause_s: float) -> None:
        self.restarts.append(boot_reason)

    async def boot(self) -> None:
        if self._refuses:
            raise CallFailed("no answer")

    def tell_security(self, type_: str, info: str = "") -> None:
        self.told.append((type_, info))


def reset(*, when_idle: bool) -> Reboot:
    return Reboot(reason="Reboot", boot_reason="RemoteReset", when_idle=when_idle)


async def test_a_reset_at_once_ends_what_charges() -> None:
    station = Station(60, 600)

    await Boots(station).restart(reset(when_idle=False))

    assert [bay.stopped for bay in station.bays] == [["Reboot"], ["Reboot"]]
    assert (station.waited_s, station.restarts, station.told) == (
        0,
        ["RemoteReset"],
        [("ResetOrReboot", "RemoteReset")],
    )


async def test_a_reset_when_idle_waits_for_the_last_transaction_and_ends_none() -> None:
    station = Station(5, 20)

    await Boots(station).restart(reset(when_idle=True))

    assert [bay.stopped for bay in station.bays] == [[], []]
    assert 20 <= round(station.waited_s, 3) <= 21
    assert station.restarts == ["RemoteReset"]


async def test_nothing_is_waited_for_longer_than_there_is_patience() -> None:
    station = Station(10 * IDLE_LIMIT_S)

    await Boots(station).idle()

    assert round(station.waited_s) == IDLE_LIMIT_S


async def test_another_firmware_is_what_the_station_boots_with_and_tells_of() -> None:
    station = Station()

    await Boots(station).with_firmware("2.5.0")

    assert (station.identity.firmware, station.restarts) == ("2.5.0", ["FirmwareUpdate"])
    assert station.told == [("FirmwareUpdated", "2.5.0")]


async def test_a_boot_that_is_not_answered_is_trouble_of_the_line_and_no_end() -> None:
    station = Station(refuses=True)

    await Boots(station).again()

    assert "no answer" in station.trouble
