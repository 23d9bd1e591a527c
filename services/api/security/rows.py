"""Security events as the API gives them. PURE."""

import datetime as dt

import msgspec


class SecurityEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to the security of a station, `at` its time.

    `type` is a word of the lists of OCPP, spelled as in 2.x, or the maker's own, of which nobody knows whether it is `critical` (null).
    `tech_info` is the maker's text. `source`: the station reported it, or the csms found it at a handshake in the station's name.
    """

    station: str
    type: str
    critical: bool | None
    tech_info: str
    source: str
    at: dt.datetime
    received_at: dt.datetime


class SecurityEventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events; None does not filter. From `since`, before `until`."""

    station: str | None = None
    type: str | None = None
    critical: bool | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


ALL_EVENTS = SecurityEventFilter()
