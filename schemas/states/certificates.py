"""What `certificates` remembers of a station: its certificates, and for a day what was asked and answered about them."""

import msgspec

from schemas.base import Timestamp
from schemas.certificates import CertificateStatus
from schemas.x509 import Certificate, HashData


class Install(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """An InstallCertificate command. `content` is None where its text is no certificate; `digest` tells texts apart."""

    command_id: str
    use: str
    content: Certificate | None = None
    digest: str
    at: Timestamp
    requested_by: str = ""


class Delete(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """A DeleteCertificate command."""

    command_id: str
    name: HashData
    at: Timestamp


class Listing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """A GetInstalledCertificates command; no `uses`: all of them."""

    command_id: str
    uses: tuple[str, ...] = ()
    at: Timestamp


class Listed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One certificate of a station's answer. `use` is empty in 1.6; `parent` is the first of its chain, None for that itself."""

    use: str = ""
    name: HashData
    parent: HashData | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one of our commands. `listed`: what it lists; None where the answer lists nothing that can be read."""

    command_id: str
    outcome: str
    detail: str = ""
    sent: bool | None = None
    listed: tuple[Listed, ...] | None = None
    at: Timestamp


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A certificate that was asked for or listed, with the newest time of each thing that was learnt of it.

    `present_at`: the station accepted or listed it. `verified_at`: it listed it. `requested_at`: it was asked to install it.
    """

    id: str
    use: str
    content: Certificate | None = None
    name: HashData | None = None
    parent: HashData | None = None
    requested_at: Timestamp | None = None
    requested_by: str = ""
    present_at: Timestamp | None = None
    verified_at: Timestamp | None = None
    deleted_at: Timestamp | None = None
    unconfirmed_at: Timestamp | None = None
    refused_at: Timestamp | None = None
    detail: str = ""
    settled_request: Timestamp | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a certificate, a digest of all that can change in it, and when."""

    id: str
    revision: int
    status: CertificateStatus
    digest: str
    at: Timestamp


class StationCertificates(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `certificates` remembers of one station. `listed_at`: when the station last listed all of a use."""

    station: str
    kept: tuple[Kept, ...] = ()
    asked: tuple[Install | Delete | Listing, ...] = ()
    answers: tuple[Answered, ...] = ()
    listed_at: dict[str, Timestamp] = {}
    said: tuple[Said, ...] = ()
