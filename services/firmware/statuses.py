"""Statuses: maps the statuses of a station to states of its update. PURE."""

from typing import Final

from schemas.firmware import UpdateState
from services.firmware.updates import S

STATE_OF_STATUS: Final[dict[str, UpdateState]] = {
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
"""The state for each status that reports progress. Idle has none."""

FAILURE_OF_STATUS: Final[dict[str, UpdateState]] = {
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
"""The order of an attempt's states: stations skip, repeat and reverse statuses, but an update only goes forward."""

FAILURE_OF_REFUSAL: Final[dict[str, UpdateState]] = {
    "InvalidCertificate": S.INVALID_CERTIFICATE,
    "RevokedCertificate": S.INVALID_CERTIFICATE,
}
