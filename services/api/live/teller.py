"""Teller: passes each new record to the requests that wait for an outcome and to the clients that follow events."""

from typing import Any

import msgspec

from schemas.base import Record, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.stations import StationChanged
from schemas.transactions import SessionChanged
from services.api.commands.views import command_of
from services.api.live.declaring import LiveNoun
from services.api.live.hub import Hub, event, site_event
from services.api.live.memory import CommandMemory, Remembered
from services.api.live.nouns import NOUNS
from services.api.sessions.views import session_of
from services.api.stations.views import connector_changes, station_of

_NOUN_OF = {noun.record: noun for noun in NOUNS}


class Teller:
    """Knows what each kind of record means to the memory of commands and to the followers of events."""

    def __init__(self, memory: CommandMemory, hub: Hub) -> None:
        self._memory = memory
        self._hub = hub
        # as many as the view of station states holds, and the very same records
        self._before: dict[str, StationChanged] = {}

    def heard(self, record: Record) -> None:
        """A record of sessions, commands or outcomes."""
        match record:
            case CommandRequested():
                self._memory.requested(record)
            case CommandSettled():
                self._memory.settled(record)
                self._tell_outcome(record)
            case SessionChanged() if self._hub.listened():
                row = msgspec.json.encode(session_of(record))
                self._hub.publish(event("session", record.station, record.id, row))
            case _ if (noun := _NOUN_OF.get(type(record))) is not None and self._hub.listened():
                self._tell_of(noun, record)

    def _tell_of(self, noun: LiveNoun, view: Any) -> None:
        row = msgspec.json.encode(noun.row(view))
        if hasattr(view, "station"):
            self._hub.publish(event(noun.kind, view.station, view.id, row))
        else:
            self._hub.publish(site_event(noun.kind, view.id, row, site=view.site, tenant=view.tenant))

    def station_changed(self, record: StationChanged) -> None:
        """A station has changed, or is read for the first time."""
        before = self._before.get(record.station)
        # after an outage the view reads all again, older records too: what is known already is not told again
        if before is not None and (record == before or record.changed_at < before.changed_at):
            return
        self._before[record.station] = record
        if not self._hub.listened():
            return
        row = msgspec.json.encode(station_of(record))
        self._hub.publish(event("station", record.station, record.id, row))
        for change in connector_changes(before, record):
            id_ = derived_id(record.id, change.evse, change.connector)
            self._hub.publish(event("connector", record.station, id_, msgspec.json.encode(change)))

    def _tell_outcome(self, record: CommandSettled) -> None:
        if not self._hub.listened():
            return
        remembered = self._memory.find(record.command_id)
        view = command_of(remembered or Remembered(settled=record))
        self._hub.publish(event("outcome", record.station, record.id, msgspec.json.encode(view)))
