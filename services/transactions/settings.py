"""Settings of `transactions`."""

from typing import Annotated, Literal

import msgspec

from services.runtime.process.settings import Settings


class TransactionsSettings(Settings, frozen=True, kw_only=True):
    """Settings of `transactions`, in addition to those of every service."""

    silent_limit_s: Annotated[
        float,
        msgspec.Meta(gt=0, description="Sessions of a station that is away for so long are presumed over; 48 h."),
    ] = 172_800.0

    late_refusal: Annotated[
        Literal["stop", "keep"],
        msgspec.Meta(
            description="A session accepted before its decision came, which then said no: stop it from afar, or keep it."
        ),
    ] = "stop"
    answer_total_cost: Annotated[
        bool,
        msgspec.Meta(description="Say the cost in answers to TransactionEvent: billing gives those without a token."),
    ] = False
