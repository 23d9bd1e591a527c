"""Settings of `commands`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class CommandsSettings(Settings, frozen=True, kw_only=True):
    """Settings of `commands`, in addition to those of every service."""

    commands_queue_limit: Annotated[
        int, msgspec.Meta(ge=1, le=1000, description="Commands that may wait for one station; the next is rejected.")
    ] = 50
    commands_queue_bytes: Annotated[
        int, msgspec.Meta(ge=1, le=800_000, description="Bytes of commands that may wait for one station.")
    ] = 600_000
