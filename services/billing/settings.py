"""Settings of `billing`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class BillingSettings(Settings, frozen=True, kw_only=True):
    """Settings of `billing`, in addition to those of every service."""

    cost_update_s: Annotated[
        int,
        msgspec.Meta(
            ge=0, le=86_400, description="Tell 2.x stations the running cost of a session every so often; 0: never."
        ),
    ] = 0
    tariff_text_sites: Annotated[
        str,
        msgspec.Meta(
            description="Sites whose 2.x stations show the tariff of a session in words, also when it changes: with answer_total_cost, in"
            " answers to TransactionEvent; names with commas between, * for every station; empty: none."
        ),
    ] = ""
    price_message_sites: Annotated[
        str,
        msgspec.Meta(
            description="Sites whose 1.6 stations get prices and costs for their displays as California asks for them (DataTransfer"
            " org.openchargealliance.costmsg), every cost_update_s or each minute; names with commas between, * for all; empty: none."
        ),
    ] = ""
    presumed_grace_s: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=604_800,
            description="How long the bill of a session waits that is only presumed to be over: its end may be in the"
            " station's queue. It is then issued as estimated, and corrected when the end is told.",
        ),
    ] = 600
