"""Replaying: a file of recordings against a CSMS, all stations at once."""

import asyncio
from pathlib import Path

import msgspec

from loadtest.ocpp.websocket import Target
from loadtest.replay.player import Pace, Player
from loadtest.replay.recording import BadRecording, Recordings, read_recordings
from loadtest.replay.report import Report, joined

STATIONS_MOST = 1_000
"""Stations of one file: each is a connection of this process."""


class ReplayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is replayed, where to and how. `station`: the name of the one station, empty: as then."""

    file: Path
    url: str
    station: str = ""
    password: str = ""
    pace: Pace = Pace()
    ignored: frozenset[str] = frozenset()
    json: str = ""


def recordings_of(options: ReplayOptions) -> Recordings:
    """The recordings of the file. Raises BadRecording, OSError."""
    with options.file.open(encoding="utf-8") as lines:
        found = read_recordings(lines)
    if options.station and len(found.stations) > 1:
        raise BadRecording(
            f"--station {options.station}: the file has {len(found.stations)} stations; export one of them"
        )
    if len(found.stations) > STATIONS_MOST:
        raise BadRecording(f"the file has {len(found.stations)} stations; export {STATIONS_MOST} at most")
    return found


async def replay(options: ReplayOptions) -> Report:
    """Play the file. Raises BadRecording, OSError."""
    found = recordings_of(options)
    players = [
        Player(
            recording,
            Target(
                url=options.url,
                station=options.station or recording.station,
                subprotocol="",
                password=options.password,
                timeout_s=options.pace.timeout_s,
            ),
            options.pace,
            ignored=options.ignored,
        )
        for recording in found.stations
    ]
    return joined(tuple(await asyncio.gather(*(player.play() for player in players))), found.notes)


def write_report(report: Report, path: str) -> None:
    """Write the whole report as JSON. Raises OSError."""
    Path(path).write_bytes(msgspec.json.format(msgspec.json.encode(report)))
