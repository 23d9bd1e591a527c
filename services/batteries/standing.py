"""Standing: what a swap is by its request, its answer and its messages, and what each message does to the slots. PURE."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from schemas.batteries import Battery, SwapStatus
from schemas.outcomes import is_unanswered
from schemas.states.batteries import Answered, Swap

IN, OUT, TIMEOUT = "BatteryIn", "BatteryOut", "BatteryOutTimeout"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a swap is."""

    status: SwapStatus
    detail: str = ""


def standing(swap: Swap) -> Standing:
    """What the swap is: its messages say more than the answer to its request."""
    if first(swap, OUT) is not None:
        return Standing(status="swapped" if first(swap, IN) is not None else "taken")
    if first(swap, TIMEOUT) is not None:
        return Standing(status="timed-out")
    if first(swap, IN) is not None:
        return Standing(status="inserted")
    return _answered(swap, swap.answer)


def _answered(swap: Swap, answer: Answered | None) -> Standing:
    if answer is None:
        return Standing(status="requested")
    unknown = is_unanswered(answer.outcome, sent=answer.sent)
    if answer.outcome != "accepted" and not unknown:
        return Standing(status="refused", detail=answer.detail)
    if swap.unused:
        return Standing(status="unused")
    return Standing(status="unconfirmed", detail=answer.detail) if unknown else Standing(status="accepted")


def first(swap: Swap, event: str) -> datetime | None:
    """When the first message of this event came."""
    return min((one.at for one in swap.happenings if one.event == event), default=None)


def batteries(swap: Swap, event: str) -> tuple[Battery, ...]:
    """The batteries of all messages of an event, each as it was told last."""
    found = {one.serial_number: one for each in swap.happenings if each.event == event for one in each.batteries}
    return tuple(found.values())


def placed(event: str, told: tuple[Battery, ...]) -> Iterator[tuple[int, Battery | None]]:
    """What a message says of slots: the battery that is in each, None where it is empty."""
    for battery in told:
        if event in (IN, TIMEOUT):
            yield battery.slot, battery
        elif event == OUT:
            yield battery.slot, None
