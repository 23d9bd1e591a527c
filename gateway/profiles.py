"""Security profiles: the one that a handshake has, the least that its station must have, and whose its certificate is. PURE.

2.x part 2, A00; 1.6 security whitepaper, section 2. 1: a password; 2: a password over TLS; 3: a client certificate that is the
station's; 0: none of these. TLS without a credential is profile 0, for nothing proves which station it is.
"""

import datetime as dt
from collections.abc import Mapping
from typing import get_args

import msgspec

from gateway.tls.certificates import ClientCertificate
from schemas.base import SecurityProfile
from schemas.ids import folded
from schemas.settings import words_of_sites

PROFILES: Mapping[str, SecurityProfile] = {str(profile): profile for profile in get_args(SecurityProfile)}
MEANING: Mapping[SecurityProfile, str] = {
    0: "no credential",
    1: "a password",
    2: "a password over TLS",
    3: "a client certificate over TLS",
}


class Demands(msgspec.Struct, frozen=True, kw_only=True):
    """What the deployment demands: the least profile, that of single sites, and the owners of certificates (empty: any)."""

    least: SecurityProfile = 0
    sites: Mapping[str, SecurityProfile] = {}
    organizations: frozenset[str] = frozenset()
    expired: bool = False
    """Whether stations that are provisioned so may come with an expired certificate, to renew it."""


class Standards(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is demanded of one station.

    `least`: its own least profile, None where its site's or the deployment's applies. `highest`: the highest that it has had.
    `certificates`: serial numbers of those that are its own (`certificate_number`). `expired`: it may come with an expired certificate,
    to renew it, where the deployment allows that.
    """

    least: SecurityProfile | None = None
    highest: SecurityProfile = 0
    certificates: frozenset[str] = frozenset()
    expired: bool = False


NO_STANDARDS = Standards()


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """The connection under a handshake. `certificate`: verified, but not yet known to be the station's. `fault`: why it is none.

    `advice`: what an operator should know who wonders why there is no certificate; it is added to a refusal.
    """

    tls: bool = False
    certificate: ClientCertificate | None = None
    fault: str = ""
    advice: str = ""


PLAIN = Channel()


def profile_of(channel: Channel, *, certified: bool, credential: str) -> SecurityProfile:
    """The profile of a connection. `certified`: its certificate is the station's; `credential`: the hash of the password it proved."""
    if certified:
        return 3
    if not credential:
        return 0
    return 2 if channel.tls else 1


def least_of(standards: Standards, site: str, demands: Demands) -> SecurityProfile:
    """The least profile of a station: its own, else the highest of its site's or the deployment's and of what it has had (A05)."""
    if standards.least is not None:
        return standards.least
    return max(demands.sites.get(site, demands.least), standards.highest)


def too_low(profile: SecurityProfile, least: SecurityProfile) -> str:
    """The sentence for a profile that is too low, empty where it suffices."""
    if profile >= least:
        return ""
    return f"This station must connect with {MEANING[least]} (security profile {least}); this is profile {profile}."


def certificate_fault(
    certificate: ClientCertificate, station: str, standards: Standards, demands: Demands, now: dt.datetime | None
) -> str:
    """Why a verified certificate is not the station's: a sentence; empty where it is. `now` None: its validity was verified."""
    if now is not None:
        if certificate.not_after < now:
            if not renews(standards, demands):
                return "The client certificate has expired."
        elif now < certificate.not_before:
            return "The client certificate is not valid yet."
        if not all(begins <= now <= ends for begins, ends in certificate.above):
            return "An authority of the client certificate is not valid now."
    if certificate.number not in standards.certificates:
        if folded(station) not in map(folded, certificate.names):
            return "The client certificate is not that of this station."
        if demands.organizations and not demands.organizations & set(certificate.organizations):
            return "The client certificate is of another organization."
    return ""


def renews(standards: Standards, demands: Demands) -> bool:
    """Whether the station may come with an expired certificate, to renew it (A00.FR.429: configured for this very station)."""
    return demands.expired and standards.expired


def has_expired(certificate: ClientCertificate | None, now: dt.datetime | None) -> bool:
    """Whether a certificate that was accepted has expired all the same."""
    return certificate is not None and now is not None and certificate.not_after < now


def site_profiles(text: str) -> dict[str, SecurityProfile]:
    """The least profiles of sites: `berlin=2, oslo=3`. Raises BadSetting."""
    words = words_of_sites(text, tuple(PROFILES), setting="min_security_profile_sites")
    return {site: PROFILES[word] for site, word in words.items()}
