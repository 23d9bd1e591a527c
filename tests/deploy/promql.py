"""Which metrics a PromQL query reads, with which labels; enough of the language for our own queries."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client import REGISTRY

WORDS = {
    "abs", "absent", "and", "avg", "by", "changes", "count", "group_left", "group_right", "histogram_quantile", "ignoring",
    "increase", "label_values", "max", "max_over_time", "min", "offset", "on", "or", "rate", "sum", "time", "topk", "unless", "without",
}  # fmt: skip
OF_THE_SCRAPE = {"job", "instance"}
"""Labels that Prometheus itself adds."""

MADE_BY_PROMETHEUS = {"up": frozenset[str](), "ALERTS": frozenset({"alertname", "alertstate"})}

_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(r"\b([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*(\"[^\"]*\"|'[^']*')")


class Read(NamedTuple):
    """A metric in a query, and the labels it is chosen by, with what they are compared to."""

    metric: str
    matchers: dict[str, str]


def reads(query: str) -> Iterator[Read]:
    """The metrics of a query."""
    bare = _GROUPING.sub(" ", query)
    bare = re.sub(r"\[[^\]]*\]", " ", bare)
    inside = [match.span(2) for match in _SELECTOR.finditer(bare) if match[2] is not None]
    for match in _SELECTOR.finditer(bare):
        name, labels = match[1], match[2]
        within = any(start <= match.start() < end for start, end in inside)
        if name in WORDS or within or re.fullmatch(r"\d*[smhd]", name):
            continue
        yield Read(name, {key: value[1:-1] for key, value in _MATCHER.findall(labels or "")})


def grouped(query: str) -> set[str]:
    """The labels a query groups by or joins on."""
    found = {label.strip() for labels in _GROUPING.findall(query) for label in labels.split(",")}
    if told := re.fullmatch(r"label_values\((\w+), (\w+)\)", query):
        found.add(told[2])
    return found - {""}


def exported() -> dict[str, frozenset[str]]:
    """Every metric of this process's registry, by the names of its samples, with its labels."""
    found: dict[str, frozenset[str]] = dict(MADE_BY_PROMETHEUS)
    for name, collector in REGISTRY._names_to_collectors.items():
        labels = frozenset(getattr(collector, "_labelnames", ()))
        found[name] = labels | {"le"} if name.endswith("_bucket") else labels
    return found


def faults(query: str, known: dict[str, frozenset[str]]) -> list[str]:
    """What the query reads that nobody exports."""
    found, labels = [], set(OF_THE_SCRAPE)
    for read in reads(query):
        if read.metric not in known:
            found.append(f"no process exports {read.metric}")
            continue
        labels |= known[read.metric]
        found += [
            f"{read.metric} has no label {label}" for label in set(read.matchers) - known[read.metric] - OF_THE_SCRAPE
        ]
    return found + [f"nothing here has a label {label}" for label in grouped(query) - labels]
