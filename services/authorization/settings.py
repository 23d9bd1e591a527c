"""Settings of `authorization`."""

from typing import Annotated, Literal

import msgspec

from services.runtime.process.settings import Settings


class AuthorizationSettings(Settings, frozen=True, kw_only=True):
    """Settings of `authorization`, in addition to those of every service."""

    tokens_unknown: Annotated[
        Literal["accept", "reject"],
        msgspec.Meta(description="Tokens nobody provisioned: charge on any of them, or Unknown (1.6: Invalid)."),
    ] = "reject"
    token_cache_s: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            description="How long stations may remember the answer on a token that says nothing else; 0: as long as they like.",
        ),
    ] = 0
    master_pass_group: Annotated[
        str,
        msgspec.Meta(
            max_length=36,
            description="The group whose tokens stop any session and start none: MasterPassGroupId at the stations.",
        ),
    ] = ""
    contract_certificates: Annotated[
        Literal["verify", "reject", "ignore"],
        msgspec.Meta(
            description="Tokens that come with a contract certificate (Plug & Charge) - verify: accepted where certificate and token are;"
            " reject: CertChainError and Invalid; ignore: decided by the token alone, with nothing said of the certificate."
        ),
    ] = "verify"
    contracts_without_certificate: Annotated[
        Literal["accept", "reject"],
        msgspec.Meta(
            description="Authorize with an eMAID and no certificate, as after a remote start - accept: decided by the token alone; reject:"
            " NoCertificateAvailable and Invalid."
        ),
    ] = "accept"
    driver_tariff_sites: Annotated[
        str,
        msgspec.Meta(
            description="Sites whose 2.x stations get the driver's tariff with the answer to Authorize: in 2.1 as a structure where the"
            " token has a tariff of its own, else in words; names with commas between, * for every station; empty: none."
        ),
    ] = ""
