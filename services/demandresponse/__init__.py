"""Demand response: charging is limited for a time, at ten thousand stations at once, and what it brought is told."""

from services.demandresponse.settings import DemandResponseSettings
from services.runtime.noun import Core, Noun, Standalone

_REASON = "is never replayed: stations would be limited for events of the past. Change the event: its stations are told again."

NOUN = Noun(
    runs=(
        Core(
            name="demandresponse",
            does="tells stations the limits of demand-response events, and follows what became of them.",
            build="services.demandresponse.app:service",
            not_replayed=f"demandresponse {_REASON}",
        ),
        Core(
            name="demandevents",
            does="keeps demand-response events: when each begins and is over, which sites opted out.",
            build="services.demandresponse.app:events",
            not_replayed=f"demandevents {_REASON}",
        ),
        Standalone(
            name="openadr",
            does="orders the events of an OpenADR 3.1 VTN over the API, and reports to it; does nothing where none is set up.",
            build="services.demandresponse.app:openadr",
            not_replayed="openadr is never replayed: it reads no topics. It has no state.",
        ),
    ),
    settings=DemandResponseSettings,
    metrics="services.demandresponse.metrics",
)
