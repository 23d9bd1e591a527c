"""The noun demand response, declared for the API."""

from typing import Any

from services.api.demandresponse import page, reads, routes
from services.api.noun import ApiNoun, Navigation, NounReads
from services.api.web.openapi import sends_text
from services.api.web.policy import Policy

EVENT = "/api/v1/demand-response/events/{event}"


def _csv(document: dict[str, Any]) -> None:
    for path in ("report/export", "proof"):
        sends_text(f"{EVENT}/{path}", "text/csv")(document)


NOUN = ApiNoun(
    tag="demandresponse",
    meaning="Events that limit charging for a time, at many stations at once: for programmes, grid operators (par. 14a EnWG), operators.",
    policy=Policy(
        commands=(
            *(
                "order_demand_event",
                "put_demand_event",
                "cancel_demand_event",
                "opt_out_of_demand_event",
                "order_dimming",
            ),
            *("make", "change", "cancelled", "opted", "dimmed"),
        ),
        tenanted=(
            *(
                "order_demand_event",
                "list_demand_events",
                "get_demand_event",
                "put_demand_event",
                "cancel_demand_event",
            ),
            *("opt_out_of_demand_event", "count_demand_stations", "order_dimming"),
            *("get_demand_report", "export_demand_report", "export_demand_proof"),
            *("listed", "shown", "make", "change", "cancelled", "opted", "dimmed"),
        ),
        transfers=("export_demand_report", "export_demand_proof"),
    ),
    tenancy="own",
    routers=(routes.router,),
    pages=page.HANDLERS,
    navigation=Navigation(
        "demandresponse",
        "Demand response",
        "/demand-response",
        section="Operations",
        icon="M3 6h4l3 8 4-12 3 8h4M4 20h16M8 17.500v5M16 17.500v5",
    ),
    reads=NounReads(reads.DemandReads, reads),
    describes=_csv,
)
