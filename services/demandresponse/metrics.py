"""Metrics of `demandresponse`."""

from prometheus_client import Counter

STATIONS = Counter(
    "voltbus_services_demand_response_stations_total",
    "What became of demand-response events at stations, by status; repeats after a restart included.",
    ("status",),
)
OPENADR_POLLS = Counter(
    "voltbus_services_openadr_polls_total",
    "How often the OpenADR VTN was asked for its events, by result: good, failed.",
    ("result",),
)
