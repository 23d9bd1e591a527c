"""Security events: what stations report of their security, and which of it is critical (2.x part 2, A04; 1.6 security, A04)."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from schemas.base import OcppVersion, Record, Timestamp
from schemas.facts import FactReported
from schemas.topic import Topic

CRITICAL_2X: Mapping[str, bool] = {
    "FirmwareUpdated": True,
    "FailedToAuthenticateAtCsms": False,
    "CsmsFailedToAuthenticate": False,
    "SettingSystemTime": True,
    "StartupOfTheDevice": True,
    "ResetOrReboot": True,
    "SecurityLogWasCleared": True,
    "ReconfigurationOfSecurityParameters": False,
    "MemoryExhaustion": True,
    "InvalidMessages": False,
    "AttemptedReplayAttacks": False,
    "TamperDetectionActivated": True,
    "InvalidFirmwareSignature": True,
    "InvalidFirmwareSigningCertificate": True,
    "InvalidCsmsCertificate": True,
    "InvalidChargingStationCertificate": True,
    "DiscardedRenewedClientCertificate": True,
    "InvalidTLSVersion": True,
    "InvalidTLSCipherSuite": True,
    "MaintenanceLoginAccepted": True,
    "MaintenanceLoginFailed": True,
}
"""Whether a type is critical, by the list of 2.1 (appendix 1), which has all types of 2.0.1."""

NOT_CRITICAL_16 = frozenset(
    {
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidCsmsCertificate",
        "InvalidChargingStationCertificate",
        "InvalidTLSVersion",
        "InvalidTLSCipherSuite",
    }
)
"""Types that the list of 1.6 security calls not critical, and the list of 2.x critical."""

TYPES_16: Mapping[str, str] = {
    "FailedToAuthenticationAtCentralSystem": "FailedToAuthenticateAtCsms",
    "CentralSystemFailedToAuthentication": "CsmsFailedToAuthenticate",
    "InvalidCentralSystemCertificate": "InvalidCsmsCertificate",
    "InvalidChargePointCertificate": "InvalidChargingStationCertificate",
}
"""The words of 1.6 for types that 2.x calls otherwise."""

OPERATIONAL = frozenset({"StartupOfTheDevice", "ResetOrReboot", "FirmwareUpdated", "SettingSystemTime"})
"""Critical types that also come of ordinary operation. They are kept and shown like the others; the alert leaves them out."""

_WORDS = {word.casefold(): word for word in CRITICAL_2X} | {word.casefold(): type_ for word, type_ in TYPES_16.items()}


def type_of(word: str) -> str:
    """The type as 2.x spells it, in whatever case and version the station wrote it; a word that no list has stays as it came."""
    return _WORDS.get(word.casefold(), word)


def criticality(type_: str, version: OcppVersion) -> bool | None:
    """Whether the list of the version calls the type critical; None for a type that no list has."""
    if version == "1.6" and type_ in NOT_CRITICAL_16:
        return False
    return CRITICAL_2X.get(type_)


class SecurityEventReported(Record, frozen=True, kw_only=True, tag="security-event-reported"):
    """SecurityEventNotification: something happened to the security of the station, `at` its time.

    `type` is a word of the lists, spelled as in 2.x, or the maker's own. `critical` is null for the latter. `tech_info` is the maker's
    text. `deviations` and `further` are as in TransactionReported. With `source` csms it is no message of the station: a gateway found it
    at a handshake in the station's name (A00.FR.408), and `tech_info` says what. `renews`: the station was let in with its expired
    certificate all the same, only to renew it (A00.FR.429).
    """

    id: str
    station: str
    type: str
    critical: bool | None = None
    tech_info: str = ""
    at: Timestamp
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp
    source: Literal["station", "csms"] = "station"
    renews: bool = False


SECURITY = Topic(
    name="csms.security",
    meaning="Security events reported by stations.",
    records=(SecurityEventReported, FactReported),
)

TOPICS = (SECURITY,)
