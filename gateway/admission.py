"""Admission: decides whether a handshake is admitted, as which station and version, or refused with which HTTP status. PURE."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec.structs import replace

from gateway import profiles
from gateway.effects import Standing
from gateway.profiles import NO_STANDARDS, PLAIN, Channel, Demands, Standards
from gateway.proof import VerifiedPasswords, password_of
from schemas.base import OcppVersion, SecurityProfile
from schemas.ids import LONGEST_STATION_ID, STATION_ID_RULE, is_station_id
from schemas.stations import REGISTRATION_OF_UNKNOWN, RegistrationStatus, StationsUnknown, stricter

SUBPROTOCOLS: Mapping[str, OcppVersion] = {"ocpp2.1": "2.1", "ocpp2.0.1": "2.0.1", "ocpp1.6": "1.6"}
"""The WebSocket subprotocols we speak (registered names: part 4, 3.1.2), and the version of each."""

PATH = "ocpp"
CERTIFICATE_INVALID = "InvalidChargingStationCertificate"
"""The security event of a client certificate that is not accepted (A00.FR.408)."""

RENEWS = "The client certificate has expired; the station may only renew it."
"""What that security event says of one that is let in (A00.FR.429)."""

PROFILE_TOO_LOW = "SecurityProfileTooLow"
"""The security event of a handshake below the least security profile of its station: a word of ours, which no list of OCPP has."""

_FORBIDDEN = frozenset("/#?")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")

BasicUser = Literal["lenient", "strict"]
CredentialNeeded = Literal["none", "provisioned", "always"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The admission policy of the deployment. `unknown_certified`: of unknown stations with a client certificate; None: as of others."""

    stations_unknown: StationsUnknown
    unknown_certified: StationsUnknown | None = None
    basic_user: BasicUser = "strict"
    credential_needed: CredentialNeeded = "none"
    credential_sites: frozenset[str] = frozenset()
    demands: Demands = Demands()

    def unknown(self, channel: Channel) -> StationsUnknown:
        """What becomes of a station that nobody provisioned and that comes through this channel."""
        if self.unknown_certified is not None and channel.certificate is not None:
            return self.unknown_certified
        return self.stations_unknown


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A handshake, and the channel that it came through."""

    path: str
    subprotocols: tuple[str, ...] = ()
    authorization: str | None = None
    at: dt.datetime | None = None
    channel: Channel = PLAIN


class KnownStation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Reference data of a station before it connects. `station`: its id as it is spelled here.

    `password_hashes`: any of these passwords is accepted; an empty hash, or no hash at all, means that no password is required.
    `credential_needed`: the station's own policy; None where that of its site or of the deployment applies. `any_user`: its
    Basic user name may differ from its id. `registration`: as the operator set it, else as the service `stations` last published
    it; None where neither did. Vendor, model and firmware are those of its last boot.
    """

    station: str
    provisioned: bool = False
    password_hashes: tuple[str, ...] = ()
    credential_needed: bool | None = None
    any_user: bool = False
    site: str = ""
    registration: RegistrationStatus | None = None
    vendor: str = ""
    model: str = ""
    firmware_version: str = ""
    standards: Standards = NO_STANDARDS


class Admitted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The station is admitted. `credential`: the hash of the password it proved; empty where none was required.

    `provisioned`: an operator had provisioned it. `channel`: what it came through; its certificate is the station's. `renews`: that has
    expired, and the station may only renew it (A00.FR.429).
    """

    station: str
    subprotocol: str
    version: OcppVersion
    credential: str = ""
    provisioned: bool = False
    profile: SecurityProfile = 0
    channel: Channel = PLAIN
    renews: bool = False


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The handshake is refused with this HTTP status and sentence. `challenge`: ask for Basic authentication.

    `retry_after_s`: the value of Retry-After; 0 for none. `security_event`: the type of the security event that it is; empty for none.
    """

    status: int
    sentence: str
    challenge: bool = False
    retry_after_s: float = 0.0
    security_event: str = ""


def station_of(path: str) -> str | Refused:
    """The station a request target names, percent-decoded; a query is ignored.

    The target may be a whole URL (RFC 9112, 3.2.2); empty segments of the path are ignored, a trailing slash too.
    """
    bare = path.partition("?")[0].partition("#")[0]
    if not bare.startswith("/"):
        bare = _AUTHORITY.sub("", bare, count=1)
    segments = [segment for segment in bare.split("/") if segment]
    if len(segments) != 2 or segments[0] != PATH:
        return Refused(status=404, sentence="Stations connect to /ocpp/{station}; there is nothing here.")
    try:
        station = unquote_to_bytes(segments[1]).decode()
    except UnicodeDecodeError:
        return Refused(status=404, sentence="The station id in the path is not UTF-8.")
    if not 1 <= len(station) <= LONGEST_STATION_ID or not station.isprintable() or _FORBIDDEN & set(station):
        return Refused(status=404, sentence=f"A station id has {STATION_ID_RULE}.")
    return station


def admit(
    request: Request, policy: Policy, reference: KnownStation | None, verified: VerifiedPasswords
) -> Admitted | Refused:
    """Decide on a handshake. `reference`: the reference data of `station_of(path)`, None where there is none."""
    station = _named(request, policy, reference)
    if isinstance(station, Refused):
        return station
    provisioned = reference is not None and reference.provisioned
    known = reference or KnownStation(station=station)
    proof = _check_proof(request, policy, known, verified)
    if isinstance(proof, Refused):
        advice = request.channel.advice
        return replace(proof, sentence=f"{proof.sentence} {advice}") if advice else proof
    credential, profile = proof
    for name in request.subprotocols:
        if name in SUBPROTOCOLS:  # the station's order of preference: part 4, 3.1.2
            return Admitted(
                station=reference.station if reference else station,
                subprotocol=name,
                version=SUBPROTOCOLS[name],
                credential=credential,
                provisioned=provisioned,
                profile=profile,
                channel=request.channel,
                renews=profiles.has_expired(request.channel.certificate, request.at),
            )
    return Refused(
        status=400, sentence=f"Offer a WebSocket subprotocol that is spoken here: {', '.join(SUBPROTOCOLS)}."
    )


def _named(request: Request, policy: Policy, reference: KnownStation | None) -> str | Refused:
    """The station that the path names, where one of that name may connect."""
    station = station_of(request.path)
    if isinstance(station, Refused):
        return station
    provisioned = reference is not None and reference.provisioned
    if not provisioned and policy.unknown(request.channel) == "refuse":
        # OCPP-J 1.6, 3.1.1 and 2.x part 4, 3.1.1: an unknown identity gets 404.
        return Refused(status=404, sentence="This station is not known here.")
    if not provisioned and not is_station_id(station):
        # Ids that were provisioned before this rule existed stay valid.
        return Refused(status=404, sentence=f"A station id has {STATION_ID_RULE}.")
    return station


def _check_proof(
    request: Request, policy: Policy, reference: KnownStation, verified: VerifiedPasswords
) -> tuple[str, SecurityProfile] | Refused:
    """The hash of the password that the handshake proves (see `_check_credential`), and its security profile."""
    credential = _check_certificate(request, policy, reference) or _check_credential(
        request, policy, reference, verified
    )
    if isinstance(credential, Refused):
        return credential
    profile = profiles.profile_of(request.channel, certified=_certified(request), credential=credential)
    too_low = profiles.too_low(profile, profiles.least_of(reference.standards, reference.site, policy.demands))
    return Refused(status=403, sentence=too_low, security_event=PROFILE_TOO_LOW) if too_low else (credential, profile)


def _certified(request: Request) -> bool:
    return request.channel.certificate is not None


def _check_certificate(request: Request, policy: Policy, reference: KnownStation) -> Refused | None:
    """A00.FR.404, 405, 407: a client certificate that is not the station's ends the handshake, whatever password comes with it."""
    fault = request.channel.fault
    if not fault and request.channel.certificate is not None:
        fault = profiles.certificate_fault(
            request.channel.certificate, reference.station, reference.standards, policy.demands, request.at
        )
    return Refused(status=403, sentence=fault, security_event=CERTIFICATE_INVALID) if fault else None


def _check_credential(
    request: Request, policy: Policy, reference: KnownStation, verified: VerifiedPasswords
) -> str | Refused:
    """The hash of the password that the handshake proves; empty where no password is required and none matches."""
    if _certified(request):
        return ""
    if not any(reference.password_hashes):
        if not needs_credential(reference, policy):
            return ""
        return Refused(status=401, sentence="A credential is needed, and none is provisioned for this station.")
    any_user = reference.any_user or policy.basic_user == "lenient"
    password = password_of(request.authorization, reference.station, any_user=any_user)
    password_hash = (
        "" if password is None else verified.matching_hash(reference.station, password, reference.password_hashes)
    )
    if password_hash or is_open(reference, policy):
        return password_hash
    return Refused(status=401, sentence="The user name or password is wrong or missing.", challenge=True)


def needs_credential(reference: KnownStation, policy: Policy) -> bool:
    """Whether the station needs a credential: by its own policy, else its site's, else the deployment's."""
    if reference.credential_needed is not None:
        return reference.credential_needed
    if reference.site and reference.site in policy.credential_sites:
        return True
    return policy.credential_needed == "always" or (policy.credential_needed == "provisioned" and reference.provisioned)


def is_open(reference: KnownStation, policy: Policy) -> bool:
    """Whether the station may connect without a credential."""
    return (not reference.password_hashes or "" in reference.password_hashes) and not needs_credential(
        reference, policy
    )


def standing_of(reference: KnownStation | None, policy: Policy, channel: Channel = PLAIN) -> Standing:
    """The standing of a station by its reference data and its channel, before it boots on its connection."""
    unknown = REGISTRATION_OF_UNKNOWN[policy.unknown(channel)]
    if reference is None:
        return Standing(unknown)
    if reference.provisioned:
        return Standing(reference.registration or unknown, provisioned=True)
    # Its last registration may come from another policy: the stricter one applies until its next boot.
    return Standing(stricter(unknown, reference.registration or unknown))


def with_new_credential(admitted: Admitted, reference: KnownStation | None) -> Admitted:
    """The admission with the newest credential, after the station accepted a new password on this connection."""
    if reference is None or not any(reference.password_hashes) or admitted.credential in reference.password_hashes:
        return admitted
    return replace(admitted, credential=reference.password_hashes[0])


def revocation_reason(  # noqa: PLR0911 a flat list of reasons
    admitted: Admitted, reference: KnownStation | None, policy: Policy
) -> str:
    """The reason why an admitted connection must be closed, by the present reference data; empty where it may stay."""
    reference = reference or KnownStation(station=admitted.station)
    if admitted.provisioned and not reference.provisioned:
        return "the station was removed"
    if not reference.provisioned and policy.unknown(admitted.channel) == "refuse":
        return "the station is not known here"
    if admitted.station != reference.station:
        return f"the station is called {reference.station} here"
    certificate = admitted.channel.certificate
    if certificate is not None:
        if admitted.renews and not profiles.renews(reference.standards, policy.demands):
            return "the client certificate has expired"
        fault = profiles.certificate_fault(certificate, reference.station, reference.standards, policy.demands, None)
        return fault.rstrip(".")
    proven = admitted.credential and admitted.credential in reference.password_hashes
    if not proven and not is_open(reference, policy):
        return "the credential of the station was changed" if reference.password_hashes else "a credential is needed"
    if admitted.profile < profiles.least_of(reference.standards, reference.site, policy.demands):
        return "the security profile of the connection is too low"
    return ""
