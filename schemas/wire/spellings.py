"""Spellings: maps stations' own spellings of names and values to OCPP's. PURE."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from schemas.wire.loose import AGAIN

SAMPLES = "sampledValue"
"""The list whose items are set apart one by one, in every version."""

CHIEF_MEMBERS: Mapping[str, str] = {
    "EVSEType": "id",
    "IdTokenType": "idToken",
    "ModemType": "iccid",
    "TransactionType": "transactionId",
    "UnitOfMeasureType": "unit",
}
"""The member that a bare value is read as, where an object of the type is expected."""

_BELONG: Mapping[tuple[str, str], str] = {
    ("SampledValueType", "unitOfMeasure"): "unit multiplier",
    (
        "TransactionEvent",
        "transactionInfo",
    ): "transactionId chargingState stoppedReason remoteStartId timeSpentCharging",
    ("TransactionEvent", "evse"): "connectorId",
    ("BootNotification", "chargingStation"): "vendorName model serialNumber firmwareVersion modem",
}

MISPLACED: Mapping[tuple[str, str], tuple[str, str]] = {
    (kind, member): (home, member) for (kind, home), members in _BELONG.items() for member in members.split()
} | {("TransactionEvent", "evseId"): ("evse", "id")}
"""Members of 2.x that stations send beside the object they belong to: (type or message, member) -> (object, member)."""

_SEPARATORS = re.compile(r"[\W_]+")


@lru_cache(maxsize=4_096)
def folded(word: str) -> str:
    """A word without case and separators: `Sample-Periodic` and `sample.periodic` are the same."""
    return _SEPARATORS.sub("", word).casefold()


def alike(name: str, known: Iterable[str]) -> str | None:
    """The known name that differs in case or separators only; None for none."""
    wanted = folded(name)
    return next((each for each in known if folded(each) == wanted), None) if wanted else None


def repeats(name: str, known: Iterable[str]) -> bool:
    """Whether the name is that of an earlier value of a repeated member."""
    before, mark, count = name.rpartition(AGAIN)
    return bool(mark) and count.isdigit() and before in known
