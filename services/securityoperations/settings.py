"""Settings of `securityoperations`."""

from typing import Annotated

import msgspec

from schemas.sealing import KEY, KEY_FILE
from services.runtime.process.settings import Settings


class SecurityOperationSettings(Settings, frozen=True, kw_only=True):
    """Settings of `securityoperations`, in addition to those of every service."""

    rotate_passwords_after_days: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=3650,
            description="A provisioned station whose password is older gets a new one, each station within a day of its own; 0: never.",
        ),
    ] = 0
    secrets_key_file: Annotated[str, msgspec.Meta(description=KEY_FILE)] = ""
    secrets_key: Annotated[str, msgspec.Meta(description=KEY)] = ""
