"""State of `stations` for a station: its snapshot, and the passwords of its connection."""

import msgspec

from schemas.base import SecurityProfile, Timestamp
from schemas.stations import StationChanged


class OfferedCredential(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A password that a command sets. `open`: the command is over and its result is unknown."""

    password_hash: str
    command_id: str
    open: bool = False


class CredentialState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The passwords of one station, as hashes: the one the operator set, the current one, and those that may be valid too, oldest first.

    `since`: when the current one became that; None for none, and where that was before it was kept.
    """

    word: str = ""
    current: str = ""
    offered: tuple[OfferedCredential, ...] = ()
    since: Timestamp | None = None


class StationState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of `stations` for one station.

    `now` is the present snapshot, with the id, revision and time of the last published one; `published_seen_at` is the last seen time
    in that. `provisioned_at` and `booted_epoch` distinguish older records from newer ones. `admission_told` is a digest of the
    AdmissionChanged that was last published. `credentials` are the passwords of its connection. `highest_profile` is the highest security
    profile that it has connected with since the operator last allowed a lower one, where it is 2 or 3; else 0.
    """

    now: StationChanged
    published_seen_at: Timestamp | None = None
    provisioned_at: Timestamp | None = None
    booted_epoch: int = 0
    admission_told: str = ""
    credentials: CredentialState = CredentialState()
    highest_profile: SecurityProfile = 0
