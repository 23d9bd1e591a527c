"""The dashboards: valid, provisioned, and every query reads what is really exported."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.topics import CATALOGUE
from services.metering.declared import COLUMNS, FEEDS
from services.nouns import STATEFUL, WORKERS
from tests.deploy.metrics import KNOWN
from tests.deploy.promql import faults, grouped, reads
from tests.deploy.yamls import read_yaml

GRAFANA = Path(__file__).parents[2] / "deploy" / "grafana"
DASHBOARDS = {path.stem: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))}
VALUES = {
    "record": {str(record.__struct_config__.tag) for topic in CATALOGUE for record in topic.records},
    "service": {*STATEFUL, *WORKERS, *(feed.name for feed in FEEDS), "kafka", "clickhouse", "metering.*", "$service"},
    "table": set(COLUMNS),
    "neighbour": {"kafka", "sink"},
    "job": {"voltbus-gateway", "voltbus-.+"},
}
"""The values that a label may have, where the code declares them."""

WIDTH = 24

each_dashboard = pytest.mark.parametrize("name", DASHBOARDS)


def panels(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DASHBOARDS[name]["panels"]
    return found


def queries(name: str) -> list[str]:
    variables = [each["query"] for each in DASHBOARDS[name]["templating"]["list"] if each["type"] == "query"]
    return [target["expr"] for panel in panels(name) for target in panel["targets"]] + variables


def test_the_dashboards_are_those_ops_teams_ask_for() -> None:
    assert set(DASHBOARDS) == {"fleet", "gateway", "bus", "services", "clickhouse", "business"}


@each_dashboard
def test_every_query_reads_what_is_exported(name: str) -> None:
    assert {query: found for query in queries(name) if (found := faults(label_values_apart(query), KNOWN))} == {}


def label_values_apart(query: str) -> str:
    """`label_values(metric, label)` is Grafana's own: as PromQL it is the metric, grouped by the label."""
    if query.startswith("label_values("):
        (label,) = grouped(query)
        return f"sum by ({label}) ({query.removeprefix('label_values(').split(',')[0]})"
    return query


@each_dashboard
def test_labels_are_compared_to_values_they_can_have(name: str) -> None:
    for query in queries(name):
        for read in reads(label_values_apart(query)):
            for label, value in read.matchers.items():
                assert value in VALUES.get(label, {value}), query


@each_dashboard
def test_a_dashboard_is_what_grafana_takes(name: str) -> None:
    dashboard = DASHBOARDS[name]
    ids = [panel["id"] for panel in panels(name)]

    assert dashboard["uid"] == f"voltbus-{name}"
    assert dashboard["title"]
    assert dashboard["description"]
    assert len(ids) == len(set(ids))
    for panel in panels(name):
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= WIDTH
        assert panel["type"] in {"timeseries", "stat"}
        assert panel["fieldConfig"]["defaults"]["unit"] in {"short", "cps", "s", "bytes", "percentunit"}
        assert panel["datasource"]["uid"] == "${datasource}"
        refs = [target["refId"] for target in panel["targets"]]
        assert len(refs) == len(set(refs))


@each_dashboard
def test_no_panels_overlap(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(name):
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


@each_dashboard
def test_legends_name_labels_that_the_query_leaves(name: str) -> None:
    for panel in panels(name):
        for target in panel["targets"]:
            shown = {part.split("}}")[0] for part in target["legendFormat"].split("{{")[1:]}
            left = grouped(target["expr"]) | ({"instance", "job"} if " by " not in target["expr"] else set())
            assert shown <= left, panel["title"]


def test_every_dashboard_reaches_the_cluster() -> None:
    generated = read_yaml(GRAFANA / "kustomization.yaml")["configMapGenerator"]

    assert {file for each in generated for file in each["files"]} == {f"dashboards/{name}.json" for name in DASHBOARDS}


def test_the_compose_file_s_grafana_finds_its_dashboards_and_prometheus() -> None:
    provider = read_yaml(GRAFANA / "provisioning" / "dashboards" / "voltbus.yaml")["providers"][0]
    source = read_yaml(GRAFANA / "provisioning" / "datasources" / "prometheus.yaml")["datasources"][0]
    compose = read_yaml(GRAFANA.parent / "compose.yaml")["services"]

    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in compose["grafana"]["volumes"]
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in compose
