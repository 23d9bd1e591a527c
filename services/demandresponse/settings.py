"""Settings of `demandresponse`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class DemandResponseSettings(Settings, frozen=True, kw_only=True):
    """Settings of `demandresponse`, in addition to those of every service."""

    demand_response_ahead_s: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=86_400,
            description="Stations are told of a demand-response event within so many seconds before it begins, one after the other.",
        ),
    ] = 600
    demand_response_stack_level: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=100,
            description="The stack level of the charging profile of demand response: above those of other profiles of the station.",
        ),
    ] = 1
