"""Words: maps stations' own words for statuses, events and reasons to the common vocabulary."""

import re
from typing import Literal

from schemas.stations import ConnectorStatus

STATUSES_16: dict[str, ConnectorStatus] = {
    "Available": "Available",
    "Preparing": "Occupied",
    "Charging": "Occupied",
    "SuspendedEV": "Occupied",
    "SuspendedEVSE": "Occupied",
    "Finishing": "Occupied",
    "Reserved": "Reserved",
    "Unavailable": "Unavailable",
    "Faulted": "Faulted",
}
STATUSES_2X: frozenset[ConnectorStatus] = frozenset({"Available", "Occupied", "Reserved", "Unavailable", "Faulted"})
NO_ERROR = "NoError"

# The order matters: "not available" contains "available", "disconnected" contains "connected".
_STEMS: tuple[tuple[re.Pattern[str], ConnectorStatus], ...] = (
    (re.compile("fault|error|fail|alarm", re.IGNORECASE), "Faulted"),
    (re.compile("unavail|not.?avail|inoper|disabl|offline|maint|out.?of", re.IGNORECASE), "Unavailable"),
    (re.compile("reserv", re.IGNORECASE), "Reserved"),
    (re.compile("avail|idle|free|ready|disconnect", re.IGNORECASE), "Available"),
    (
        re.compile("charg|occup|busy|prepar|finish|suspend|plug|connect|authori|start|paus|wait", re.IGNORECASE),
        "Occupied",
    ),
)


def nearest_status(word: str, error: str = NO_ERROR) -> ConnectorStatus:
    """The common status for an unknown word: by its stem, Faulted where there is an error code, else Unavailable."""
    if word in STATUSES_16:
        return STATUSES_16[word]
    if error not in ("", NO_ERROR):
        return "Faulted"
    return next((status for stem, status in _STEMS if stem.search(word)), "Unavailable")


# -- transactions -----------------------------------------------------------------------------------------------------

# 1.6 Reason -> 2.x ReasonEnumType and, where 2.x distinguishes the cause, TriggerReasonEnumType. All others are the same word.
_REASONS_16 = {
    "HardReset": ("ImmediateReset", "ResetCommand"),
    "SoftReset": ("ImmediateReset", "ResetCommand"),
    "UnlockCommand": ("Other", "UnlockCommand"),
}
REASONS = frozenset(
    {
        *("DeAuthorized", "EmergencyStop", "EnergyLimitReached", "EVDisconnected", "GroundFault", "ImmediateReset"),
        *(
            "MasterPass",
            "Local",
            "LocalOutOfCredit",
            "Other",
            "OvercurrentFault",
            "PowerLoss",
            "PowerQuality",
            "Reboot",
        ),
        *("Remote", "SOCLimitReached", "StoppedByEV", "TimeLimitReached", "Timeout", "ReqEnergyTransferRejected"),
    }
)
"""ReasonEnumType of 2.1, which has those of 2.0.1 and, but for three, those of 1.6."""

CHARGING_STATES = frozenset({"Charging", "EVConnected", "SuspendedEV", "SuspendedEVSE", "Idle"})

_ENDS = re.compile("end|stop|finish", re.IGNORECASE)
_STARTS = re.compile("start|begin|open", re.IGNORECASE)


def stopped_16(word: str) -> tuple[str, str, str]:
    """A 1.6 reason: the common reason, the trigger where 2.x distinguishes it, and the station's own word where it differs."""
    common, trigger = _REASONS_16.get(word, (word if word in REASONS else "Other", ""))
    return common, trigger, word if word != common else ""


def stopped_2x(word: str) -> tuple[str, str]:
    """A 2.x reason, and the station's own word where it is not in the specification."""
    return (word, "") if word in REASONS or not word else ("Other", word)


Event = Literal["Started", "Updated", "Ended"]
_EVENTS: dict[str | None, Event] = {"Started": "Started", "Updated": "Updated", "Ended": "Ended"}


def event(word: str | None, reason: str | None, seq_no: int | None) -> Event:
    """Started, Updated or Ended. Of another word by its stem; without a word Ended where there is a reason, Started where seqNo is 0."""
    common = _EVENTS.get(word)
    if common is not None:
        return common
    if _ENDS.search(word or "") or (not word and reason):
        return "Ended"
    if _STARTS.search(word or "") or (not word and seq_no == 0):
        return "Started"
    return "Updated"
