"""Settings of `metering`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import ClickHouseSettings


class MeteringSettings(ClickHouseSettings, frozen=True, kw_only=True):
    """What `metering` is told beside what every user of ClickHouse is."""

    metering_batch_records: Annotated[
        int, msgspec.Meta(ge=1, le=100_000, description="Most records of one batch into ClickHouse.")
    ] = 20_000
    metering_batch_wait_ms: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=10_000,
            description="How long a batch into ClickHouse gathers. Up to so many times as long where inserts take long: 2 for"
            " sessions, bills, commands and stations, 4 for readings and firmware, 8 for frames and facts.",
        ),
    ] = 500
