"""What `der` remembers of a station: its DER controls, and for a day what was asked, answered and reported about them."""

import msgspec

from schemas.base import Timestamp
from schemas.der import DERControl, DERControlStatus


class Set(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """A SetDERControl command, with the control that it sets."""

    command_id: str
    control: DERControl
    at: Timestamp
    requested_by: str = ""


class Clear(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """A ClearDERControl command."""

    command_id: str
    is_default: bool | None = None
    control_type: str = ""
    control_id: str = ""
    at: Timestamp


class Read(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """A GetDERControl command."""

    command_id: str
    request_id: int
    is_default: bool | None = None
    control_type: str = ""
    control_id: str = ""
    at: Timestamp


Asked = Set | Clear | Read


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one of our commands. `superseded_ids`: the controls that the station says are superseded by it."""

    command_id: str
    outcome: str
    detail: str = ""
    sent: bool | None = None
    superseded_ids: tuple[str, ...] = ()
    at: Timestamp


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a report."""

    request_id: int
    controls: tuple[DERControl, ...] = ()
    last: bool = True
    at: Timestamp


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A control has started or ended, `since` the station's own time."""

    control_id: str
    started: bool
    superseded_ids: tuple[str, ...] = ()
    since: Timestamp
    at: Timestamp


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A control that was asked for or reported, with the newest time of each thing that was learnt of it.

    `content_at`: when the station had `control` so; None: it is what was asked for. `present_at`: the station accepted or reported it.
    `superseded_at`, `running_at`: when it was learnt whether it is superseded, and whether it runs (`running_since`).
    """

    id: str
    control: DERControl
    content_at: Timestamp | None = None
    requested_at: Timestamp | None = None
    requested_by: str = ""
    settled_request: Timestamp | None = None
    present_at: Timestamp | None = None
    verified_at: Timestamp | None = None
    cleared_at: Timestamp | None = None
    missing_at: Timestamp | None = None
    unconfirmed_at: Timestamp | None = None
    refused_at: Timestamp | None = None
    detail: str = ""
    superseded: bool = False
    superseded_at: Timestamp | None = None
    running: bool | None = None
    running_at: Timestamp | None = None
    running_since: Timestamp | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a control, a digest of all that can change in it, and when."""

    id: str
    revision: int
    status: DERControlStatus
    digest: str
    at: Timestamp


class StationDER(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `der` remembers of one station. What ends until `lapsed_at` has expired."""

    station: str
    kept: tuple[Kept, ...] = ()
    asked: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()
    parts: tuple[Part, ...] = ()
    turns: tuple[Turn, ...] = ()
    lapsed_at: Timestamp | None = None
    said: tuple[Said, ...] = ()
