"""Settings of `transactionstatus`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class TransactionStatusSettings(Settings, frozen=True, kw_only=True):
    """Settings of `transactionstatus`, in addition to those of every service."""

    transaction_silence_s: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=31_536_000,
            description="A 2.x station is asked for a running session of which nothing came for so long; 0: stations are never asked.",
        ),
    ] = 1_800
