"""Reports of a simulated 2.x station: its variables, in the parts that NotifyReport sends (B07, B08). PURE."""

from collections.abc import Callable, Iterator

from loadtest.ocpp.intents import Say, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.settings import SETTINGS, Setting

PART = 8
"""Variables in one NotifyReport."""

OCCUPIED = ("Charging", "Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing")
STATES = dict.fromkeys(OCCUPIED, "Occupied")

Wanted = Callable[[str, str, str, int | None], bool]
"""Whether a report has a variable: its component, its name, its instance, its EVSE."""


def everything(_component: str, _variable: str, _instance: str, _evse: int | None) -> bool:
    """All variables."""
    return True


def variables(view: View, wanted: Wanted = everything, *, settable: bool = False) -> list[Payload]:
    """The entries of a report; `settable`: only those that can be written."""
    found = [
        _setting(view, setting)
        for setting in SETTINGS
        if wanted(setting.component, setting.variable, setting.instance, None)
        and not (settable and setting.access == "ReadOnly")
    ]
    if settable:
        return found
    return [*found, *(entry for evse, entry in _states(view) if wanted("EVSE", "AvailabilityState", "", evse))]


def reported(entries: list[Payload], request_id: int, at: str) -> Say:
    """The report in its parts; one without entries where there are none."""
    parts = [entries[start : start + PART] for start in range(0, len(entries), PART)] or [[]]
    last = len(parts) - 1
    return Say(messages=tuple(_part(part, request_id, at, number, last) for number, part in enumerate(parts)))


def _part(entries: list[Payload], request_id: int, at: str, number: int, last: int) -> Message:
    payload: Payload = {"requestId": request_id, "generatedAt": at}
    if entries:
        payload["reportData"] = entries
    return Message("NotifyReport", payload | {"tbc": number < last, "seqNo": number})


def _setting(view: View, setting: Setting) -> Payload:
    name: Payload = {"name": setting.variable}
    attribute: Payload = {} if setting.access == "WriteOnly" else {"value": view.settings[setting.key]}
    traits: Payload = {"unit": setting.unit} if setting.unit else {}
    traits["dataType"] = setting.kind
    if setting.choices:
        traits["valuesList"] = ",".join(setting.choices)
    return {
        "component": {"name": setting.component},
        "variable": name | ({"instance": setting.instance} if setting.instance else {}),
        "variableAttribute": [attribute | {"mutability": setting.access, "persistent": True}],
        "variableCharacteristics": traits | {"supportsMonitoring": False},
    }


def _states(view: View) -> Iterator[tuple[int, Payload]]:
    for bay in view.bays:
        attribute: Payload = {"value": STATES.get(bay.state, bay.state), "mutability": "ReadOnly"}
        yield (
            bay.evse,
            {
                "component": {"evse": {"id": bay.evse}, "name": "EVSE"},
                "variable": {"name": "AvailabilityState"},
                "variableAttribute": [attribute],
                "variableCharacteristics": {"dataType": "OptionList", "supportsMonitoring": True},
            },
        )
