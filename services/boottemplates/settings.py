"""Settings of `boottemplates`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class BootTemplateSettings(Settings, frozen=True, kw_only=True):
    """Settings of `boottemplates`, in addition to those of every service."""

    boot_templates_spread_s: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=86_400,
            description="Boot templates begin up to so long after a boot, each station after a time of its own, so that a fleet"
            " which boots at once is not sent everything at once.",
        ),
    ] = 120.0
