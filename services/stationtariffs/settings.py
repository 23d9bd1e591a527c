"""Settings of `stationtariffs`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class StationTariffSettings(Settings, frozen=True, kw_only=True):
    """Settings of `stationtariffs`, in addition to those of every service."""

    default_tariff_sites: Annotated[
        str,
        msgspec.Meta(
            description="Sites whose 2.1 stations get the tariffs that are assigned to them as default tariffs, by which they compute"
            " costs themselves: names with commas between, * for every station; empty: none."
        ),
    ] = ""
