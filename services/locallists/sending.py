"""Sending: which command is next for a station's list, and the command. PURE."""

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from schemas.base import Record
from schemas.locallists import ITEMS_MOST, GetLocalListLimits, GetLocalListVersion, LocalListEntry, SendLocalList
from schemas.states.locallists import Sending, StationLocalList
from services.following.commanding import OUTCOME_WITHIN, command_id, own_command
from services.locallists.selecting import Selection, changes, written

What = Literal["", "limits", "version", "list"]

SERVICE = "locallists"


def next_of(state: StationLocalList, wanted: Selection) -> What:
    """What is to be sent next; empty: nothing, or an outcome is awaited."""
    if state.rule is None or state.stopped or not state.connected:
        return ""
    if state.sending is not None and not state.sending.doubtful:
        return ""
    if not state.limits_known:
        return "limits"
    if state.station_version is None:
        return "version"
    if state.held is None or state.held_digest != wanted.digest:
        return "list"
    return "" if state.verified else "version"


def sent(state: StationLocalList, what: What, wanted: Selection, at: datetime) -> tuple[StationLocalList, list[Record]]:
    """The state that awaits the outcome, and the command."""
    number = state.asked + 1
    command, sending = _command(state, what, wanted, at)
    id_ = command_id(SERVICE, state.station, number)
    request = own_command(id_, state.station, command, at, by=SERVICE)
    sending = replace(sending, command_id=request.id)
    if sending.version:
        state = replace(state, version=sending.version, verified=False)
    elif state.sending is not None:  # doubtful: the version that is asked for tells
        sending = replace(
            sending, version=state.sending.version, entries=state.sending.entries, full=state.sending.full
        )
    return replace(state, asked=number, sending=sending, acted_at=at, not_before=None), [request]


def _command(
    state: StationLocalList, what: What, wanted: Selection, at: datetime
) -> tuple[GetLocalListLimits | GetLocalListVersion | SendLocalList, Sending]:
    until = at + OUTCOME_WITHIN
    if what == "limits":
        return GetLocalListLimits(), Sending(command_id="", what="limits", until=until)
    if what == "version":
        return GetLocalListVersion(), Sending(command_id="", what="version", until=until)
    entries, full = _entries(state, wanted)
    lines = written({entry.token: "" if entry.remove else wanted.digests[entry.token] for entry in entries})
    version = state.version + 1
    command = SendLocalList(version=version, update="Full" if full else "Differential", entries=entries)
    return command, Sending(command_id="", what="list", version=version, entries=lines, full=full, until=until)


def _entries(state: StationLocalList, wanted: Selection) -> tuple[tuple[LocalListEntry, ...], bool]:
    """What fits into the next message, and whether it is a full list: where nobody knows what the station has, or it is smaller."""
    most = min(state.most_items, ITEMS_MOST)
    if state.held is not None:
        differing = tuple(changes(state.held, wanted))
        if len(differing) <= len(wanted.entries):
            return differing[:most], False
    return wanted.entries[:most], True
