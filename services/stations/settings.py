"""Settings of `stations`."""

from typing import Annotated, Literal

import msgspec

from services.runtime.process.settings import Settings


class StationsSettings(Settings, frozen=True, kw_only=True):
    """Settings of `stations`, in addition to those of every service."""

    stations_unknown: Annotated[
        Literal["accept", "park", "refuse"],
        msgspec.Meta(description="Boots of stations nobody provisioned: Accepted, Pending, or Rejected."),
    ] = "park"
    stations_unknown_certified: Annotated[
        Literal["", "accept", "park", "refuse"],
        msgspec.Meta(
            description="The same for those of them that connected with a client certificate. Empty: as others."
        ),
    ] = ""
    heartbeat_interval_s: Annotated[
        int, msgspec.Meta(ge=1, description="Heartbeat interval of accepted stations without one of their own.")
    ] = 300
    boot_retry_interval_s: Annotated[
        int, msgspec.Meta(ge=1, description="How long a pending or rejected station waits before it boots again.")
    ] = 60
