"""The alert rules: what they read is exported, each is tested, explained, and the same on Kubernetes.

`python -m tests.deploy.test_prometheus` writes the rules' copy for Kubernetes again.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.security import OPERATIONAL
from services.nouns import WORKERS
from tests.deploy import promtool
from tests.deploy.metrics import KNOWN
from tests.deploy.promql import faults, reads
from tests.deploy.yamls import read_yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "rules.yaml"
TESTS = DEPLOY / "prometheus" / "rules.test.yaml"
SCRAPE = DEPLOY / "prometheus" / "prometheus.yml"
COPY = DEPLOY / "k8s" / "monitoring" / "rules.yaml"

GROUPS = read_yaml(RULES)["groups"]
ALERTS = [rule for group in GROUPS for rule in group["rules"]]
NAMES = sorted({rule["alert"] for rule in ALERTS})
JOBS = {f"voltbus-{name}" for name in ("gateway", "deciders", *WORKERS)}


def prometheus_rule() -> dict[str, Any]:
    """The rules as the Prometheus operator takes them."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "voltbus", "labels": {"app.kubernetes.io/part-of": "voltbus"}},
        "spec": {"groups": GROUPS},
    }


@pytest.fixture(scope="module")
def tool() -> str:
    found = promtool.found()
    if found is None:
        pytest.skip(promtool.MISSING)
    return found


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_reads_only_what_is_exported(rule: dict[str, Any]) -> None:
    assert list(reads(rule["expr"]))
    assert faults(rule["expr"], KNOWN) == []


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_names_jobs_that_are_scraped(rule: dict[str, Any]) -> None:
    for read in reads(rule["expr"]):
        assert read.matchers.get("job", "voltbus-.+") in {*JOBS, "voltbus-.+"}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_happens(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description"}


def test_every_alert_is_tested_both_ways() -> None:
    tested = {test["name"] for test in read_yaml(TESTS)["tests"]}

    assert tested == {f"{name} {what}" for name in NAMES for what in ("fires", "is silent")}


def test_every_alert_has_its_section_on_the_operations_page() -> None:
    sections = re.findall(r"^### (\w+)$", (DEPLOY / "OPERATIONS.md").read_text(), re.MULTILINE)

    assert sorted(name for name in sections if name[0].isupper()) == NAMES


def test_the_alert_on_security_events_leaves_out_what_ordinary_operation_makes_too() -> None:
    (expr,) = {rule["expr"] for rule in ALERTS if rule["alert"] == "StationSecurity"}

    assert set(re.findall(r'type!~"([^"]*)"', expr)) == {"|".join(sorted(OPERATIONAL))}


def test_kubernetes_has_the_same_rules() -> None:
    """Where it has not: `python -m tests.deploy.test_prometheus`."""
    assert read_yaml(COPY) == prometheus_rule()


def test_every_scraped_process_is_a_service_of_the_compose_file() -> None:
    services = read_yaml(DEPLOY / "compose.yaml")["services"]
    targets = [
        (job["job_name"], target)
        for job in read_yaml(SCRAPE)["scrape_configs"]
        for static in job["static_configs"]
        for target in static["targets"]
    ]

    assert {name for name, _ in targets} <= JOBS
    for job, target in targets:
        name = job.removeprefix("voltbus-")
        assert target == f"{name}:{9100 if name == 'gateway' else 9102}"
        assert name in services


@pytest.mark.processes
def test_promtool_finds_the_rules_good(tool: str) -> None:
    run(tool, "check", "rules", RULES.name, folder=RULES.parent)


@pytest.mark.processes
def test_promtool_s_tests_of_the_rules_hold(tool: str) -> None:
    assert "SUCCESS" in run(tool, "test", "rules", TESTS.name, folder=TESTS.parent)


@pytest.mark.processes
def test_promtool_finds_every_query_of_the_dashboards_good(tool: str, tmp_path: Path) -> None:
    queries = [
        target["expr"].replace("$__rate_interval", "5m").replace("$service", ".*")
        for path in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
    ]
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "queries.yaml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))

    assert f"{len(queries)} rules found" in run(tool, "check", "rules", "queries.yaml", folder=tmp_path)


if __name__ == "__main__":
    head = "# Generated from deploy/prometheus/rules.yaml: `python -m tests.deploy.test_prometheus`.\n"
    COPY.write_text(head + yaml.safe_dump(prometheus_rule(), sort_keys=False, width=120, allow_unicode=True))
    print(os.path.relpath(COPY))
