"""Sheets: the nodes of a tree as CSV, a row each, for people with spreadsheets; nothing of a node is lost on the way."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from schemas.command import Fault
from schemas.localtimes import DayOfWeek
from schemas.sitetrees import LINES, Limits, LimitWindow, Node, Outlet
from services.api.web.csvcells import harmless, row_of, without_apostrophe

BY_LINE = tuple(f"amps_{line}" for line in LINES)
OUTLET = ("station", "evse", "lines", "delta", "dc", "min_a", "max_a", "step_a", "priority", "weight", "fallback_a")
RESERVE = tuple(f"reserve_{name}" for name in ("amps", *BY_LINE, "watts"))
COLUMNS = ("node", "parent", "kind", "label", "amps", *BY_LINE, "watts", *RESERVE, "windows", "turns", *OUTLET)

DAYS: Mapping[str, DayOfWeek] = {day[:3]: day for day in get_args(DayOfWeek)}

_WINDOW = re.compile(
    r"(?:(?P<days>[A-Za-z]{3}(?:,[A-Za-z]{3})*)\s+)?(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)\s+(?P<limits>.+)"
)
_LIMIT = re.compile(r"(?:(?P<line>L[123])=)?(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[AW])")

HOW = "write 'MON,FRI 17:00-20:00 63A L1=50A 40000W', with ';' between several"


class Sheet(msgspec.Struct, frozen=True):
    """The nodes of a sheet, and what cannot be read; with faults not all nodes are there."""

    nodes: tuple[Node, ...]
    faults: tuple[Fault, ...]


def csv_of(nodes: Iterable[Node]) -> str:
    """The nodes as CSV with a header."""
    cells = map(_cells, nodes)
    rows = ([harmless(each.get(column, "")) for column in COLUMNS] for each in cells)
    return "".join(map(row_of, (COLUMNS, *rows)))


def _cells(node: Node) -> dict[str, str]:
    cells = {"node": node.node, "parent": node.parent, "kind": node.kind, "label": node.label}
    cells |= _limit_cells(node.limits, "") | _limit_cells(node.reserve, "reserve_")
    cells["windows"] = "; ".join(map(_window_text, node.windows))
    cells["turns"] = _text(node.turns)
    if node.outlet is not None:
        cells |= {name: _text(getattr(node.outlet, name)) for name in OUTLET}
        cells["lines"] = " ".join(node.outlet.lines)
    return cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _limit_cells(limits: Limits, prefix: str) -> dict[str, str]:
    by_line = {f"{prefix}amps_{line}": _text(amps) for line, amps in limits.amps_by_line.items()}
    return {f"{prefix}amps": _text(limits.amps), f"{prefix}watts": _text(limits.watts), **by_line}


def _window_text(window: LimitWindow) -> str:
    days = ",".join(day[:3] for day in window.days)
    limits = window.limits
    parts = [days, f"{window.start_time}-{window.end_time}"]
    parts += [f"{limits.amps:f}A"] if limits.amps is not None else []
    parts += [f"{line}={amps:f}A" for line, amps in limits.amps_by_line.items()]
    parts += [f"{limits.watts:f}W"] if limits.watts is not None else []
    return " ".join(filter(None, parts))


# -- reading ------------------------------------------------------------------------------------------------------------


def nodes_of(rows: Sequence[Mapping[str, str]]) -> Sheet:
    """The nodes of the rows of a sheet, each by the names of its columns, with what is wrong of every row."""
    nodes: list[Node] = []
    faults: list[Fault] = []
    for place, row in enumerate(rows):
        try:
            nodes.append(_node({name: without_apostrophe(cell) for name, cell in row.items()}))
        except Unreadable as unreadable:
            faults.append(Fault(f"nodes[{place}].{unreadable.member}", unreadable.detail))
    return Sheet(tuple(nodes), tuple(faults))


class Unreadable(Exception):
    """A cell that cannot be read."""

    def __init__(self, member: str, detail: str) -> None:
        super().__init__(f"{member}: {detail}")
        self.member = member
        self.detail = detail


def _node(row: Mapping[str, str]) -> Node:
    """Raises Unreadable."""
    members: dict[str, Any] = {name: row[name] for name in ("node", "parent", "kind", "label") if row.get(name)}
    if row.get("turns"):
        members["turns"] = _number(row["turns"])
    members |= {
        name: found for name, prefix in (("limits", ""), ("reserve", "reserve_")) if (found := _limits(row, prefix))
    }
    members["windows"] = [_window(text) for text in row.get("windows", "").split(";") if text.strip()]
    outlet = {name: row[name] for name in OUTLET if row.get(name)}
    if outlet:
        members["outlet"] = _outlet(outlet)
    try:
        return msgspec.convert(members, Node, strict=False)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        raise Unreadable(path.strip(".`") or "node", message) from error


def _number(text: str) -> str:
    """A number as spreadsheets of any country write it."""
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _limits(row: Mapping[str, str], prefix: str) -> dict[str, Any]:
    plain = {name: _number(text) for name in ("amps", "watts") if (text := row.get(f"{prefix}{name}"))}
    by_line = {line: _number(text) for line in LINES if (text := row.get(f"{prefix}amps_{line}"))}
    return {**plain, **({"amps_by_line": by_line} if by_line else {})}


def _outlet(cells: Mapping[str, str]) -> dict[str, Any]:
    texts = Outlet.__struct_fields__[:1]  # the station's id stays as it is
    members: dict[str, Any] = {name: text if name in texts else _number(text) for name, text in cells.items()}
    if "lines" in cells:
        members["lines"] = cells["lines"].replace(",", " ").split()
    return members


def _window(text: str) -> dict[str, Any]:
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        raise Unreadable("windows", f"{text.strip()!r} cannot be read: {HOW}")
    days = [_day(day) for day in (found["days"] or "").split(",") if day]
    limits: dict[str, Any] = {"amps_by_line": {}}
    for part in found["limits"].split():
        limit = _LIMIT.fullmatch(part)
        if limit is None or (limit["line"] and limit["unit"] == "W"):
            raise Unreadable("windows", f"{part!r} is no limit: {HOW}")
        number = _number(limit["number"])
        if limit["line"]:
            limits["amps_by_line"][limit["line"]] = number
        else:
            limits["amps" if limit["unit"] == "A" else "watts"] = number
    return {"days": days, "start_time": found["start"], "end_time": found["end"], "limits": limits}


def _day(text: str) -> DayOfWeek:
    try:
        return DAYS[text.upper()]
    except KeyError:
        raise Unreadable("windows", f"{text!r} is no day: {', '.join(DAYS)}") from None
