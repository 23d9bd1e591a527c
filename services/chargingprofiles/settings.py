"""Settings of `chargingprofiles`."""

from typing import Annotated

import msgspec

from schemas.chargingneeds import NeedsPolicy
from services.runtime.process.settings import Settings


class ChargingProfileSettings(Settings, frozen=True, kw_only=True):
    """Settings of `chargingprofiles`, in addition to those of every service."""

    charging_needs: Annotated[
        NeedsPolicy,
        msgspec.Meta(
            description="What EVs get that tell their needs (ISO 15118): off: nothing; standing: the station's default profile, for"
            " their transaction; fast: all that the known limits allow, at once; level: no more than they need until they leave."
        ),
    ] = "fast"
    charging_needs_sites: Annotated[
        str,
        msgspec.Meta(
            description="The same for single sites: SITE=off, SITE=standing, SITE=fast or SITE=level, with commas between."
        ),
    ] = ""
