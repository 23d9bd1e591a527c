"""The noun webhooks, declared for the API."""

from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.web.policy import EVERY, Policy
from services.api.webhooks import page, reads, routes

NOUN = ApiNoun(
    tag="webhooks",
    meaning="Who is sent which events over HTTP, and what came of each delivery.",
    policy=Policy(
        writes=(
            "put_webhook",
            "delete_webhook",
            "test_webhook",
            "replay_webhook",
            "replay_dead",
            "replay_delivery",
            "save",
            "remove",
            "test",
            "replay",
            "repeat_dead",
            "repeat",
        ),
        tenanted=EVERY,
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "webhooks",
        "Webhooks",
        "/webhooks",
        icon="M4 12h11M11 8l4 4-4 4M15 4h3a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-3",
        section="Data",
    ),
    reads=NounReads(reads.WebhookReads, reads),
)
