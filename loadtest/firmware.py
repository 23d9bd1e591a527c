"""Firmware updates of a simulated station: it downloads, installs, reboots with the new version; or fails, or says nothing."""

import re
from collections.abc import Callable
from random import Random
from typing import Literal, Protocol

import msgspec

from loadtest.clock import Clock
from loadtest.intents import InstallFirmware

_VERSION = re.compile(r"\d+(?:\.\d+)+")

FirmwareStatus = Literal["Downloading", "Downloaded", "DownloadFailed", "Installing", "InstallationFailed", "Installed"]
Fate = Literal["installed", "failed", "silent"]


class FirmwareHabits(msgspec.Struct, frozen=True, kw_only=True):
    """How a station takes an update: the shares of those that fail to install, and of those that never say a word."""

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

    async def idle(self) -> None:
        """Wait until nothing charges, for a while."""

    def tell_firmware(self, status: FirmwareStatus, asked: InstallFirmware) -> None:
        """Send a status notification."""

    async def restart_with(self, version: str) -> None:
        """Reboot with another firmware."""


def version_at(location: str) -> str | None:
    """The version that a location names, as in `.../wallbox-2.5.0.bin`."""
    found: list[str] = _VERSION.findall(location)
    return found[-1] if found else None


async def update(host: Host, asked: InstallFirmware, *, habits: FirmwareHabits, fate: Callable[[], Fate]) -> None:
    """One update from its download to the boot with the new version (L01, L02), or to its failure."""
    version, becomes = version_at(asked.location), fate()
    if becomes == "silent":
        return
    host.tell_firmware("Downloading", asked)
    await host.clock.wait(habits.seconds / 2)
    if version is None:
        host.tell_firmware("DownloadFailed", asked)
        return
    host.tell_firmware("Downloaded", asked)
    await host.idle()
    host.tell_firmware("Installing", asked)
    await host.clock.wait(habits.seconds / 2)
    if becomes == "failed":
        host.tell_firmware("InstallationFailed", asked)
        return
    host.tell_firmware("Installed", asked)
    await host.restart_with(version)
