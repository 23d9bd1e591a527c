"""Statuses: what a station's words tell of its update. PURE."""

from typing import Final

from schemas.firmware import UpdateState
from services.firmware.updates import S

SAID: Final[dict[str, UpdateState]] = {
    "DownloadScheduled": S.DOWNLOADING,
    "DownloadPaused": S.DOWNLOADING,
    "Downloading": S.DOWNLOADING,
    "Downloaded": S.DOWNLOADED,
    "SignatureVerified": S.DOWNLOADED,
    "InstallScheduled": S.DOWNLOADED,
    "Installing": S.INSTALLING,
    "InstallRebooting": S.REBOOTING,
    "Installed": S.REBOOTING,
}
"""What a status tells of progress. Idle tells nothing."""

SAID_FAILED: Final[dict[str, UpdateState]] = {
    "DownloadFailed": S.DOWNLOAD_FAILED,
    "InstallationFailed": S.INSTALLATION_FAILED,
    "InstallVerificationFailed": S.VERIFICATION_FAILED,
    "InvalidSignature": S.INVALID_SIGNATURE,
}

PROGRESS: Final = {
    state: rank
    for rank, state in enumerate(
        (S.SENT, S.UNANSWERED, S.ACCEPTED, S.DOWNLOADING, S.DOWNLOADED, S.INSTALLING, S.REBOOTING)
    )
}
"""The order of an attempt's states: stations skip, repeat and reverse statuses, an update only goes on."""

REFUSED: Final[dict[str, UpdateState]] = {
    "InvalidCertificate": S.INVALID_CERTIFICATE,
    "RevokedCertificate": S.INVALID_CERTIFICATE,
}
