"""Boots of a simulated station: again where it is asked for one, after a reset once nothing charges, and with another firmware."""

from typing import Protocol

import msgspec

from loadtest.ocpp.intents import Reboot
from loadtest.ocpp.ocppj import CallFailed
from loadtest.station.bay import Bay
from loadtest.station.clock import Clock
from loadtest.station.line import Line

REBOOT_S = 3.0
IDLE_LIMIT_S = 600.0
LOOKED_EVERY_S = 0.1


class Host(Protocol):
    """What boots need of their station."""

    clock: Clock
    line: Line
    bays: tuple[Bay, ...]

    def tell_security(self, type_: str, info: str = "") -> None:
        """Send a security event."""


class Boots:
    """The boots of one station."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def again(self) -> None:
        """Send BootNotification once more; where that fails, the line knows why."""
        try:
            await self._host.line.boot()
        except CallFailed as error:
            self._host.line.trouble = str(error)

    async def restart(self, reboot: Reboot) -> None:
        """Reset: at once, which ends what charges, or once nothing does."""
        if not reboot.when_idle:
            for bay in self._host.bays:
                bay.stop(reboot.reason)
        await self.idle()
        self._host.tell_security("ResetOrReboot", reboot.boot_reason)
        await self._host.line.restart(boot_reason=reboot.boot_reason, pause_s=REBOOT_S)

    async def idle(self) -> None:
        """Wait until nothing charges, for a while: a reset must not wait for ever."""
        for bay in self._host.bays:
            for _ in range(int(IDLE_LIMIT_S / LOOKED_EVERY_S)):
                if bay.transaction is None:
                    break
                await self._host.clock.wait(LOOKED_EVERY_S)

    async def with_firmware(self, version: str) -> None:
        """Reboot, and boot with another firmware."""
        line = self._host.line
        await line.restart(boot_reason="FirmwareUpdate", pause_s=REBOOT_S)
        line.identity = msgspec.structs.replace(line.identity, firmware=version)
        self._host.tell_security("FirmwareUpdated", version)
