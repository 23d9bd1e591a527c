"""Local authorization lists: sent, and their versions and limits asked for (D01, D02; 1.6, 5.10 and 5.15)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.ocpp.authorization import id_tag_info, id_token_info
from gateway.ocpp.rows import Capability, Draft, Judged, Outbound, Unsupported, present, spelled
from schemas.commands import ItemOutcome
from schemas.locallists import (
    ENABLED_ITEM,
    ENTRIES_ITEM,
    ITEMS_ITEM,
    LONGEST_TOKEN_16,
    VERSION_ITEM,
    GetLocalListLimits,
    GetLocalListVersion,
    LocalListEntry,
    SendLocalList,
)

LIMITS_16: Mapping[str, str] = {
    "LocalAuthListMaxLength": ENTRIES_ITEM,
    "SendLocalListMaxLength": ITEMS_ITEM,
    "LocalAuthListEnabled": ENABLED_ITEM,
}
"""1.6, 9.2: configuration keys, and the items that their values become."""

COMPONENT_2X = "LocalAuthListCtrlr"
LIMITS_2X: Mapping[str, str] = {"ItemsPerMessage": ITEMS_ITEM, "Enabled": ENABLED_ITEM}
"""Variables of LocalAuthListCtrlr. How many tokens it can keep is a characteristic of `Entries`, which only a report tells (D01.FR.12)."""

CANNOT_16 = -1
"""1.6, 5.10: the station keeps no lists."""


# -- sending ----------------------------------------------------------------------------------------------------------


def send_16(command: SendLocalList, _: str) -> Draft | Unsupported:
    """1.6 SendLocalList (5.15)."""
    if any(len(entry.token) > LONGEST_TOKEN_16 for entry in command.entries):
        return Unsupported(reason=f"OCPP 1.6 has no tokens of more than {LONGEST_TOKEN_16} characters")
    listed = [
        present(idTag=entry.token, idTagInfo=None if entry.remove else id_tag_info(entry)) for entry in command.entries
    ]
    return Draft(
        "SendLocalList",
        present(listVersion=command.version, localAuthorizationList=listed or None, updateType=command.update),
    )


def send_2x(command: SendLocalList, _: str) -> Draft:
    """2.x SendLocalList (D01)."""
    listed = [_data_2x(entry) for entry in command.entries]
    return Draft(
        "SendLocalList",
        present(localAuthorizationList=listed or None, versionNumber=command.version, updateType=command.update),
    )


def _data_2x(entry: LocalListEntry) -> dict[str, Any]:
    token = {"idToken": entry.token, "type": entry.token_type}
    return present(idToken=token, idTokenInfo=None if entry.remove else id_token_info(entry))


# -- asking -----------------------------------------------------------------------------------------------------------


def ask_version(_: GetLocalListVersion, __: str) -> Draft:
    """GetLocalListVersion, which has no members (D02; 1.6, 5.10)."""
    return Draft("GetLocalListVersion", {})


def ask_limits_16(_: GetLocalListLimits, __: str) -> Draft:
    """1.6 GetConfiguration of the keys of the local list (9.2)."""
    return Draft("GetConfiguration", {"key": list(LIMITS_16)})


def ask_limits_2x(_: GetLocalListLimits, __: str) -> Draft:
    """2.x GetVariables of LocalAuthListCtrlr (B06)."""
    asked = [{"component": {"name": COMPONENT_2X}, "variable": {"name": name}} for name in LIMITS_2X]
    return Draft("GetVariables", {"getVariableData": asked})


def version_16(payload: bytes) -> Judged:
    """1.6 GetLocalListVersion.conf: -1 says that there are no lists, 0 that it is empty (5.10, 6.22)."""
    return _version(_members(payload).get("listVersion"))


def version_2x(payload: bytes) -> Judged:
    """2.x GetLocalListVersionResponse: 0 says that there is none (D02.FR.02, FR.03)."""
    return _version(_members(payload).get("versionNumber"))


def _version(number: object) -> Judged:
    if not isinstance(number, int) or isinstance(number, bool):
        return Judged(outcome="rejected", remark="the answer has no version")
    if number <= CANNOT_16:
        return Judged(outcome="unsupported", remark="The station keeps no local list")
    return Judged(outcome="accepted", remark=str(number), items=(ItemOutcome(name=VERSION_ITEM, status=str(number)),))


def limits_16(payload: bytes) -> Judged:
    """1.6 GetConfiguration.conf: the keys that the station has; others are no refusal."""
    known = {name.casefold(): item for name, item in LIMITS_16.items()}
    told = (
        (known.get(str(each.get("key", "")).casefold()), each.get("value"))
        for each in _listed(_members(payload).get("configurationKey"))
    )
    return Judged(outcome="accepted", items=_items(told))


def limits_2x(payload: bytes) -> Judged:
    """2.x GetVariablesResponse: the variables that the station has; others are no refusal."""
    told = (
        (LIMITS_2X.get(str(_object(each.get("variable")).get("name", ""))), each.get("attributeValue"))
        for each in _listed(_members(payload).get("getVariableResult"))
    )
    return Judged(outcome="accepted", items=_items(told))


def _items(told: Any) -> tuple[ItemOutcome, ...]:
    return tuple(ItemOutcome(name=name, status=str(value)[:60]) for name, value in told if name and value is not None)


def _members(payload: bytes) -> dict[str, Any]:
    try:
        return _object(msgspec.json.decode(payload))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}  # judged as an answer without what it must have


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


LOCAL_LISTS = Capability(
    outbound=(
        Outbound(command=SendLocalList, to=spelled(v16=send_16, v2x=send_2x)),
        Outbound(
            command=GetLocalListVersion,
            to=spelled(v16=ask_version, v2x=ask_version),
            outcome=spelled(v16=version_16, v2x=version_2x),
        ),
        Outbound(
            command=GetLocalListLimits,
            to=spelled(v16=ask_limits_16, v2x=ask_limits_2x),
            outcome=spelled(v16=limits_16, v2x=limits_2x),
        ),
    ),
)
