"""Settings of `authorities`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import PUBLIC_URL, Settings


class AuthoritiesSettings(Settings, frozen=True, kw_only=True):
    """Settings of `authorities`, in addition to those of every service."""

    authorities_file: Annotated[
        str,
        msgspec.Meta(
            description="JSON file with the certificate authorities of stations, an object by name; `python -m services.authorities make`"
            " writes one. Empty: nothing is signed here."
        ),
    ] = ""
    api_public_url: Annotated[str, msgspec.Meta(description=PUBLIC_URL)] = ""
    ocsp_answer_hours: Annotated[
        float,
        msgspec.Meta(
            ge=1,
            le=720,
            description="How long an OCSP answer about a certificate that was signed here holds; a new one is made at half of it,"
            " and within seconds where the certificate is revoked.",
        ),
    ] = 168.0
    revocation_list_hours: Annotated[
        float,
        msgspec.Meta(
            ge=1, le=720, description="How long a list of revoked certificates holds; a new one is made at half of it."
        ),
    ] = 48.0
