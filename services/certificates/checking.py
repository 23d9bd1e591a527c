"""Checking: whether a station's request is signed: by whom, for which name, or why not (2.x part 2, A00.FR.5xx, A02.FR.11, FR.12). PURE."""

from collections.abc import Iterable

import msgspec

from schemas.authorities import AuthorityAnnounced, authority_for
from schemas.csr import Asked, BadRequest, looks_like_an_address, read_csr
from schemas.signing import LONGEST_CSR, LONGEST_DETAIL, STATION, SignatureAsked, SigningUse, known_use

INVALID_CSR = "InvalidCSR"
NOT_ACCEPTED = "CSNotAccepted"
UNSUPPORTED = "UnsupportedRequest"
NAME_LONGEST = 64


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator decides: see `CertificateSettings`. `unknown`: stations that nobody provisioned may have certificates."""

    organization: str = ""
    unknown: bool = False
    per_day: int = 10
    answer_s: float = 60.0
    renewal_days: float = 40.0
    spread_days: float = 10.0


class Fitting(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is signed: by whom, as what, and the subject of the certificate."""

    authority: str
    use: SigningUse
    asked: Asked
    common_name: str
    organization: str


class Unfit(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is not signed: a reason code (appendix 5), and the reason as a sentence. `asked`: what could be read of it."""

    reason_code: str
    detail: str
    asked: Asked | None = None


def checked(
    record: SignatureAsked, announced: Iterable[AuthorityAnnounced], policy: Policy, *, provisioned: bool
) -> Fitting | Unfit:
    """Whether the request is signed. The station is who it says, as far as the gateway asked for a credential."""
    if not provisioned and not policy.unknown:
        return Unfit(reason_code=NOT_ACCEPTED, detail="The station is not provisioned here.")
    if len(record.csr) > LONGEST_CSR:
        return _invalid(f"it has more than {LONGEST_CSR} characters")
    try:
        asked = read_csr(record.csr)
    except BadRequest as reason:
        return _invalid(str(reason))
    use = known_use(record.use or STATION)
    if why := _misnamed(record, asked, policy):
        return _invalid(why, asked)
    authority = None if use is None else authority_for(announced, use, record.root)
    if authority is None or use is None:
        below = " below the root that it names" if record.root is not None else ""
        return Unfit(
            reason_code=UNSUPPORTED, detail=f"No authority signs a {record.use or STATION}{below} here.", asked=asked
        )
    return Fitting(
        authority=authority.authority,
        use=use,
        asked=asked,
        common_name=asked.common_name or record.station,
        organization=policy.organization or asked.organization,
    )


def _misnamed(record: SignatureAsked, asked: Asked, policy: Policy) -> str:
    """What is wrong with the names in a request; empty where nothing is."""
    name = asked.common_name or record.station  # a request without one is for the station that sent it
    if len(name) > NAME_LONGEST or not name.isprintable():
        return "its common name (CN) cannot be used"
    if looks_like_an_address(name):
        return "its common name (CN) has the form of an address"
    if (record.use or STATION) == STATION and name.casefold() != record.station.casefold():
        return f"its common name (CN) is {name!r}, and the station is {record.station!r}"
    if not asked.organization and not policy.organization:
        return "its subject names no organization (O): set OrganizationName (1.6: CpoName) at the station"
    if asked.organization and policy.organization and asked.organization.casefold() != policy.organization.casefold():
        return f"its organization (O) is {asked.organization!r}, and it is to be {policy.organization!r}"
    return ""


def _invalid(why: str, asked: Asked | None = None) -> Unfit:
    return Unfit(reason_code=INVALID_CSR, detail=f"The request cannot be signed: {why}."[:LONGEST_DETAIL], asked=asked)
