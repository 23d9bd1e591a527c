"""Recording: an export of the OCPP log (JSON lines of `GET /api/v1/exchanges/export`) as what a station sent and received. PURE."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

MASK = "***"
"""What the log has instead of secrets and of what is personal."""


class BadRecording(Exception):
    """The file is no export of the OCPP log; the message names the line and what is wrong."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: the payload of a CALLRESULT, or the code of a CALLERROR."""

    payload: Any = None
    error: str = ""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A message with its answer, as it was then. `answer` None: there was none. `one_way`: a SEND, which is never answered."""

    at: dt.datetime
    action: str
    payload: Any
    answer: Answered | None = None
    one_way: bool = False


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """One connection: what the station sent, and the CALLs that it received, both in their order."""

    version: str
    said: tuple[Exchange, ...]
    heard: tuple[Exchange, ...]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """The connections of one station, in their order."""

    station: str
    connections: tuple[Connection, ...]

    @property
    def began_at(self) -> dt.datetime:
        """When its first message crossed the wire."""
        return min(each.at for connection in self.connections for each in (*connection.said, *connection.heard))


class Recordings(msgspec.Struct, frozen=True, kw_only=True):
    """What a file has: its stations, and sentences on what of it cannot be replayed."""

    stations: tuple[Recording, ...]
    notes: tuple[str, ...] = ()


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    text: str


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """The members of a line that a replay needs."""

    station: str
    version: str
    epoch: int
    direction: Literal["in", "out"]
    kind: str
    action: str
    text: str
    at: dt.datetime
    answer: _Part | None = None


class _Cut(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of an export that ended at its limit."""

    more: bool


_line, _cut = msgspec.json.Decoder(_Line), msgspec.json.Decoder(_Cut)

Frame = list[Any]


def read_recordings(lines: Iterable[str]) -> Recordings:
    """The stations of an export. Raises BadRecording."""
    found: defaultdict[str, dict[int, list[tuple[_Line, Exchange]]]] = defaultdict(dict)
    notes: list[str] = []
    for number, text in enumerate(lines, start=1):
        line = _read(number, text, notes)
        if line is None:
            continue
        exchange = _exchange(line)
        if exchange is None:
            notes.append(f"line {number}: {line.action or 'the message'} cannot be replayed: {_why_not(line)}")
            continue
        found[line.station].setdefault(line.epoch, []).append((line, exchange))
    if not found:
        raise BadRecording("nothing in the file can be replayed: give an export of GET /api/v1/exchanges/export")
    return Recordings(stations=tuple(_recording(*each) for each in found.items()), notes=tuple(notes))


def _read(number: int, text: str, notes: list[str]) -> _Line | None:
    if not text.strip():
        return None
    try:
        return _line.decode(text)
    except msgspec.DecodeError as error:
        try:
            _cut.decode(text)
        except msgspec.DecodeError:
            raise BadRecording(f"line {number} is no exchange of the OCPP log: {error}") from error
    notes.append(f"line {number}: the export ended at its limit, and so does the replay")
    return None


def _recording(station: str, connections: dict[int, list[tuple[_Line, Exchange]]]) -> Recording:
    return Recording(
        station=station,
        connections=tuple(
            Connection(
                version=lines[0][0].version,
                said=tuple(exchange for line, exchange in lines if line.direction == "in"),
                heard=tuple(exchange for line, exchange in lines if line.direction == "out"),
            )
            for _, lines in sorted(connections.items())
        ),
    )


def _exchange(line: _Line) -> Exchange | None:
    if line.kind not in ("call", "send"):
        return None
    frame = _frame(line.text, 4)
    if frame is None or not isinstance(frame[3], dict):
        return None
    return Exchange(
        at=line.at,
        action=str(frame[2]),
        payload=frame[3],
        answer=None if line.answer is None else _answered(line.answer),
        one_way=line.kind == "send",
    )


def _answered(part: _Part) -> Answered | None:
    """The answer; MASK for a payload that the log does not have whole."""
    if part.kind == "error":
        error = _frame(part.text, 3)
        return Answered(error=str(error[2]) if error is not None else MASK)
    result = _frame(part.text, 3)
    return Answered(payload=MASK if result is None else result[2])


def _frame(text: str, elements: int) -> Frame | None:
    try:
        frame = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    return frame if isinstance(frame, list) and len(frame) >= elements else None


def _why_not(line: _Line) -> str:
    if line.kind not in ("call", "send"):
        return f"it is a {line.kind}"
    return "the log has it without its payload, or cut"
