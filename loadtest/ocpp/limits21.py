"""The limits of a transaction as a simulated 2.1 station keeps to them: by energy, time and state of charge (E16). PURE."""

from typing import Any, Literal

import msgspec

from loadtest.ocpp.messages import Payload, Sample, present

LimitReason = Literal["EnergyLimitReached", "TimeLimitReached", "SOCLimitReached"]

SUPPORTED = "maxEnergy,maxTime,maxSoC"
"""TxCtrlr.SupportedLimits; not maxCost, for which a station has to know what is charged for."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction is limited to; None: it is not."""

    max_energy: float | None = msgspec.field(default=None, name="maxEnergy")
    max_time: int | None = msgspec.field(default=None, name="maxTime")
    max_soc: int | None = msgspec.field(default=None, name="maxSoC")

    def payload(self) -> Payload:
        """As the station confirms it (E16.FR.03)."""
        whole: dict[str, Any] = {"maxEnergy": self.max_energy, "maxTime": self.max_time, "maxSoC": self.max_soc}
        return present(whole)


class _Answer(msgspec.Struct, rename="camel"):
    transaction_limit: Limits | None = None


def said_limits(payload: bytes) -> Limits | None:
    """The limits in the answer to a TransactionEvent; None where it says none, or none that the station supports."""
    try:
        limits = msgspec.json.decode(payload, type=_Answer).transaction_limit
    except msgspec.MsgspecError:
        return None
    return limits if limits is not None and limits.payload() else None


def reached(limits: Limits | None, sample: Sample, *, start_wh: int, elapsed_s: float) -> LimitReason | None:
    """Which limit a transaction has reached, if any (E16.FR.05, FR.10)."""
    if limits is None:
        return None
    if limits.max_energy is not None and sample.register_wh - start_wh >= limits.max_energy:
        return "EnergyLimitReached"
    if limits.max_time is not None and elapsed_s >= limits.max_time:
        return "TimeLimitReached"
    if limits.max_soc is not None and sample.soc_percent is not None and sample.soc_percent >= limits.max_soc:
        return "SOCLimitReached"
    return None
