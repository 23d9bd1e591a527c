"""Outcomes: interprets a station's answer to a command, in any version, even where it breaks its schema."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.ocpp.rows import Judged
from schemas.commands import ItemOutcome, Outcome

# Compared without case, because some stations spell them differently.
_ACCEPTED = frozenset(
    {"accepted", "acceptedcanceled", "scheduled", "rebootrequired", "unlocked", "unpublished", "processing"}
)
_UNSUPPORTED = frozenset(
    {
        *("notsupported", "notimplemented", "unknownvendorid", "unknownmessageid", "unknowncomponent"),
        *("unknownvariable", "notsupportedattributetype", "unsupportedmonitortype"),
    }
)
_UNSUPPORTED_CODES = frozenset({"notsupported", "notimplemented"})
_NOTHING_THERE = frozenset({"emptyresultset", "notfound", "noprofiles", "notariff", "nofirmware", "unknown"})
"""Statuses of a station that accepted the request but has nothing that matches it; no refusal (B08.FR.14, M04, O04, K09)."""

_REBOOT = "rebootrequired"

MOST_ITEMS, LONGEST_NAME, LONGEST_WORD = 1_000, 250, 60
"""Limits that keep the items small enough for one record. The full answer is in the record too, and all items count for the outcome."""

NO_STATUS = "the answer has no status"
"""The remark on an answer that must have a status and has none."""

# -- one status -------------------------------------------------------------------------------------------------------


def by_status(payload: bytes) -> Judged:
    """The outcome by the answer's `status`; rejected where it has none."""
    members = _members(payload)
    if members is None or members.get("status") is None:
        return Judged(outcome="rejected", remark=NO_STATUS)
    return of_status(members["status"])


def of_status(status: object) -> Judged:
    """The outcome of a status; the status itself is the remark where it says more than the outcome."""
    word = str(status)
    outcome = _outcome(word)
    plain = word.casefold() in ("accepted", "rejected")
    return Judged(outcome=outcome, remark="" if plain else word, reboot_required=word.casefold() == _REBOOT)


def _outcome(word: str) -> Outcome:
    if word.casefold() in _ACCEPTED:
        return "accepted"
    return "unsupported" if word.casefold() in _UNSUPPORTED else "rejected"


def of_code(code: str) -> Outcome:
    """The outcome of a CALLERROR."""
    return "unsupported" if code.strip().casefold() in _UNSUPPORTED_CODES else "rejected"


# -- any answer ------------------------------------------------------------------------------------------------------

_LISTS: Mapping[str, str] = {
    "setVariableResult": "attributeStatus",
    "getVariableResult": "attributeStatus",
    "setMonitoringResult": "status",
    "clearMonitoringResult": "status",
    "clearTariffsResult": "status",
}
"""The lists of answers with one status for each requested item, and the member of the status."""


def by_answer(payload: bytes) -> Judged:
    """Interpret any answer: by its list of results, by its keys (1.6 GetConfiguration), else by its status.

    Accepted where it has none of them (part 4, 4.1.5: null is an empty answer). A status like `EmptyResultSet` is no refusal.
    """
    if bytes(payload).strip() == b"null":
        return Judged(outcome="accepted")
    members = _members(payload)
    if members is None:
        return Judged(outcome="rejected", remark="the answer is no object")
    if name := next((name for name in _LISTS if name in members), None):
        return _of_list(members[name], _LISTS[name])
    if "configurationKey" in members or "unknownKey" in members:
        return _of_keys(members)
    return _of_status_if_any(members.get("status"))


def _of_status_if_any(status: object) -> Judged:
    if status is None or str(status).casefold() in _NOTHING_THERE:
        return Judged(outcome="accepted", remark=str(status or ""))
    return of_status(status)


def by_list(name: str, payload: bytes) -> Judged:
    """Interpret an answer that must have the list of results `name`."""
    members = _members(payload)
    if members is None or name not in members:
        return Judged(outcome="rejected", remark=f"the answer has no {name}")
    return _of_list(members[name], _LISTS[name])


def by_keys(payload: bytes) -> Judged:
    """Interpret the answer to 1.6 GetConfiguration, which has no status."""
    members = _members(payload)
    if members is None:
        return Judged(outcome="rejected", remark="the answer has no keys")
    return _of_keys(members)


def _of_list(results: Any, status: str) -> Judged:
    items = (
        tuple(_item(each, status) for each in results if isinstance(each, dict)) if isinstance(results, list) else ()
    )
    if not items:
        return Judged(outcome="rejected", remark="the answer has no results")
    return _combine(items)


def _item(result: dict[str, Any], status: str) -> ItemOutcome:
    info = result.get("attributeStatusInfo" if status == "attributeStatus" else "statusInfo")
    reason = info.get("reasonCode") if isinstance(info, dict) else None
    return _item_outcome(_name(result), result.get(status), reason)


def _item_outcome(name: str, status: Any, reason: Any = "") -> ItemOutcome:
    return ItemOutcome(
        name=name[:LONGEST_NAME], status=str(status or "")[:LONGEST_WORD], reason=str(reason or "")[:LONGEST_WORD]
    )


def _name(result: dict[str, Any]) -> str:
    """The name of the item of a result, as commands write it: Component[instance]@evse:connector.Variable[instance]."""
    component, variable = result.get("component"), result.get("variable")
    if not isinstance(component, dict) or not isinstance(variable, dict):
        names = (result.get(member) for member in ("tariffId", "id"))
        return next((str(name) for name in names if name is not None), "")
    name = f"{_part(component)}{_place(component.get('evse'))}.{_part(variable)}"
    attribute = result.get("attributeType")
    return name if attribute in (None, "Actual") else f"{name} ({attribute})"


def _part(named: dict[str, Any]) -> str:
    instance = named.get("instance")
    return f"{named.get('name', '')}[{instance}]" if instance else str(named.get("name", ""))


def _place(evse: Any) -> str:
    if not isinstance(evse, dict) or "id" not in evse:
        return ""
    connector = evse.get("connectorId")
    return f"@{evse['id']}" if connector is None else f"@{evse['id']}:{connector}"


def _of_keys(members: dict[str, Any]) -> Judged:
    found, unknown = members.get("configurationKey"), members.get("unknownKey")
    items = (
        *(_item_outcome(str(each.get("key", "")), "Accepted") for each in _as_list(found) if isinstance(each, dict)),
        *(_item_outcome(str(each), "UnknownKey") for each in _as_list(unknown)),
    )
    if not any(item.status == "UnknownKey" for item in items):
        return Judged(outcome="accepted")
    return Judged(outcome="partial" if _as_list(found) else "unsupported", items=items[:MOST_ITEMS])


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _combine(items: tuple[ItemOutcome, ...]) -> Judged:
    """Combine several results: their common outcome, or `partial` where some are accepted and others are not."""
    words = {item.status.casefold() for item in items}
    outcomes = {"accepted" if word in _NOTHING_THERE else _outcome(word) for word in words}
    outcome: Outcome = "rejected"
    if len(outcomes) == 1:
        outcome = outcomes.pop()
    elif "accepted" in outcomes:
        outcome = "partial"
    return Judged(
        outcome=outcome,
        remark=_remark(items) if len(words) == 1 else "",
        items=items[:MOST_ITEMS],
        reboot_required=_REBOOT in words,
    )


def _remark(items: tuple[ItemOutcome, ...]) -> str:
    return of_status(items[0].status).remark


def _members(payload: bytes) -> dict[str, Any] | None:
    try:
        members = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


class _TransactionStatus(msgspec.Struct, rename="camel"):
    messages_in_queue: bool
    ongoing_indicator: bool | None = None


def transaction_status(payload: bytes) -> Judged:
    """2.x GetTransactionStatusResponse (E14): it has no status, and any that can be read is an answer."""
    try:
        answer = msgspec.json.decode(payload, type=_TransactionStatus)
    except msgspec.MsgspecError:
        return Judged(outcome="rejected", remark="the answer does not say whether messages wait")
    known = {True: "it goes on", False: "it does not go on", None: ""}[answer.ongoing_indicator]
    waiting = "messages wait at the station" if answer.messages_in_queue else "no message waits"
    return Judged(outcome="accepted", remark=", ".join(filter(None, (known, waiting))))
