"""What `certificate-signing` remembers of a station: the certificates that it asked for, and what was published of them."""

import msgspec

from schemas.base import Timestamp
from schemas.signing import CertificateIssued, IssuedStatus, SigningUse


class Sending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The command by which the certificate is sent: how often it was, and until when an outcome is awaited; or when it is sent next.

    `doubtful`: an attempt left for the station and was not answered, so the station may have the certificate.
    """

    attempts: int = 0
    command_id: str = ""
    until: Timestamp | None = None
    doubtful: bool = False
    next_at: Timestamp | None = None


class Renewal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When the station was last asked for the successor of a certificate, by which command, and what became of that."""

    attempts: int = 0
    command_id: str = ""
    asked_at: Timestamp | None = None
    word: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A certificate that the station asked for. `digest` is that of its request; the chain stays until the station has taken it."""

    id: str
    asked_id: str
    digest: str = ""
    use: SigningUse | None = None
    request_id: int | None = None
    subject: str = ""
    key: str = ""
    authority: str = ""
    asked_at: Timestamp
    answer_by: Timestamp | None = None
    status: IssuedStatus
    detail: str = ""
    issued: CertificateIssued | None = None
    sending: Sending = Sending()
    renewal: Renewal = Renewal()
    installed_at: Timestamp | None = None
    ended_at: Timestamp | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a certificate: the number of the change, and a digest of all that can change in it."""

    id: str
    revision: int
    digest: str


class StationSigning(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of one station. `asked_at`: when it asked lately for what was accepted or refused; the quota counts them."""

    station: str
    wanted: tuple[Wanted, ...] = ()
    said: tuple[Said, ...] = ()
    asked_at: tuple[Timestamp, ...] = ()
    crowded_at: Timestamp | None = None
