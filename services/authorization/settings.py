"""Settings of `authorization`."""

from typing import Annotated, Literal

import msgspec

from services.runtime.process.settings import Settings


class AuthorizationSettings(Settings, frozen=True, kw_only=True):
    """Settings of `authorization`, in addition to those of every service."""

    tokens_unknown: Annotated[
        Literal["accept", "reject"],
        msgspec.Meta(description="Tokens nobody provisioned: charge on any of them, or Invalid."),
    ] = "reject"
