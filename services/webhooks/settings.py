"""Settings of `webhooks`."""

from typing import Annotated

import msgspec

from schemas.sealing import KEY, KEY_FILE
from services.runtime.process.settings import Settings
from services.webhooks.addresses import PrivateAddresses


class WebhooksSettings(Settings, frozen=True, kw_only=True):
    """Settings of `webhooks`, in addition to those of every service."""

    webhook_private_addresses: PrivateAddresses = "forbid"
    webhook_timeout_s: Annotated[
        float, msgspec.Meta(gt=0, le=20, description="How long a receiver may take to answer a delivery.")
    ] = 10.0
    webhook_concurrency: Annotated[
        int, msgspec.Meta(ge=1, le=64, description="Deliveries that one worker makes to one receiver at once.")
    ] = 8
    webhook_first_wait_s: Annotated[
        float,
        msgspec.Meta(gt=0, description="How long a delivery that failed waits; twice as long after each failure."),
    ] = 2.0
    webhook_longest_wait_s: Annotated[float, msgspec.Meta(gt=0, le=3600, description="How long it waits at most.")] = (
        300.0
    )
    webhook_give_up_s: Annotated[
        float,
        msgspec.Meta(
            gt=0,
            le=2_592_000,
            description="A delivery that still fails so long after its event is dead: it is sent again only when somebody asks. The"
            " time begins anew when the webhook is changed.",
        ),
    ] = 259_200.0
    webhook_refusals: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="A delivery that has failed so often is dead earlier, where the receiver has taken others meanwhile: it holds"
            " back those of its station.",
        ),
    ] = 10
    webhook_body_limit: Annotated[
        int, msgspec.Meta(ge=1024, description="Largest body of a delivery in bytes; a larger one is dead at once.")
    ] = 1_048_576
    secrets_key_file: Annotated[str, msgspec.Meta(description=KEY_FILE)] = ""
    secrets_key: Annotated[str, msgspec.Meta(description=KEY)] = ""
