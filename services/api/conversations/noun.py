"""The noun conversations, declared for the API."""

from services.api.conversations import page, reads, routes
from services.api.noun import ApiNoun, Navigation, NounReads, Tab
from services.api.web.openapi import sends_text
from services.api.web.policy import Policy

NOUN = ApiNoun(
    tag="conversations",
    meaning="The OCPP log as exchanges: each message with its answer, the command that caused it and the session it is about.",
    policy=Policy(transfers=("export_exchanges",)),
    tenancy="station",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "conversations", "OCPP log", "/exchanges", icon="M5 5h14M5 10h14M5 15h9M5 20h6", section="Data"
    ),
    tabs=(Tab("log", "OCPP log", place=20),),
    reads=NounReads(reads.ConversationReads, reads),
    describes=sends_text("/api/v1/exchanges/export", "application/x-ndjson"),
)
