"""Settings of `certificates`."""

from typing import Annotated, Literal

import msgspec

from services.runtime.process.settings import Settings


class CertificateSettings(Settings, frozen=True, kw_only=True):
    """Settings of `certificates`, in addition to those of every service."""

    certificate_organization: Annotated[
        str,
        msgspec.Meta(
            max_length=64,
            description="Organization (O) in certificates of stations; a request that names another is refused. Empty: as the request"
            " names it.",
        ),
    ] = ""
    certificate_unknown_stations: Annotated[
        Literal["refuse", "accept"],
        msgspec.Meta(
            description="Requests of stations that nobody provisioned: refused, or looked at like those of others. Whoever may connect"
            " under any name could have a certificate of it."
        ),
    ] = "refuse"
    certificate_requests_per_day: Annotated[
        int, msgspec.Meta(ge=1, le=1_000, description="Requests of one station that are looked at in a day.")
    ] = 10
    certificate_answer_s: Annotated[
        float,
        msgspec.Meta(
            gt=0,
            le=86_400,
            description="How long an authority may take to make a certificate. Stations ask again after CertSigningWaitMinimum.",
        ),
    ] = 60.0
    certificate_renewal_days: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=365,
            description="So long before its certificate expires a station is asked to renew it, at most a third of its validity; 0: never.",
        ),
    ] = 40.0
    certificate_renewal_spread_days: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=90,
            description="Renewals of a fleet are spread over so many days, each station at a moment of its own; at most half of the time"
            " before.",
        ),
    ] = 10.0
