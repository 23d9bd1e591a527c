"""Firmware updates of a simulated station: it downloads, installs and reboots with the new version; or it fails; or it sends nothing."""

import re
from collections.abc import Callable
from random import Random
from typing import Literal, Protocol

import msgspec

from loadtest.ocpp.intents import InstallFirmware
from loadtest.station.booting import Boots
from loadtest.station.clock import Clock

_VERSION = re.compile(r"\d+(?:\.\d+)+")

FirmwareStatus = Literal["Downloading", "Downloaded", "DownloadFailed", "Installing", "InstallationFailed", "Installed"]
Fate = Literal["installed", "failed", "silent"]


class FirmwareHabits(msgspec.Struct, frozen=True, kw_only=True):
    """How stations take an update: the share of those that fail to install, and of those that never report."""

    seconds: float = 20.0
    failures: float = 0.0
    silent: float = 0.0

    def fate(self, random: Random) -> Fate:
        """What becomes of one update."""
        drawn = random.random()
        if drawn < self.failures:
            return "failed"
        return "silent" if drawn < self.failures + self.silent else "installed"


class Host(Protocol):
    """What an update needs of its station."""

    clock: Clock
    boots: Boots

    def tell_firmware(self, status: FirmwareStatus, asked: InstallFirmware) -> None:
        """Send a status notification."""


def version_at(location: str) -> str | None:
    """The version that a location names, as in `.../wallbox-2.5.0.bin`."""
    found: list[str] = _VERSION.findall(location)
    return found[-1] if found else None


async def update(host: Host, install: InstallFirmware, *, habits: FirmwareHabits, fate: Callable[[], Fate]) -> None:
    """One update from its download to the boot with the new version (L01, L02), or to its failure."""
    version, becomes = version_at(install.location), fate()
    if becomes == "silent":
        return
    host.tell_firmware("Downloading", install)
    await host.clock.wait(habits.seconds / 2)
    if version is None:
        host.tell_firmware("DownloadFailed", install)
        return
    host.tell_firmware("Downloaded", install)
    await host.boots.idle()
    host.tell_firmware("Installing", install)
    await host.clock.wait(habits.seconds / 2)
    if becomes == "failed":
        host.tell_firmware("InstallationFailed", install)
        return
    host.tell_firmware("Installed", install)
    await host.boots.with_firmware(version)
