"""The manifests of deploy/k8s: valid for Kubernetes, in step with the code, and no more powerful than they must be."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from gateway.settings import Settings as GatewaySettings
from schemas.topicplan import plan
from schemas.topics import gateway_topic
from services.nouns import STATEFUL, WORKERS
from tests.deploy.kustomize import Resource, render
from tests.deploy.processes import MASKING, longest_stop_s, started

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy" / "k8s"
OPERATIONS = (ROOT / "deploy" / "OPERATIONS.md").read_text()
OVERLAYS = ("kind", "production")
VERSIONS = ("1.30", kubernetes_validate.latest_version().rsplit(".", 1)[0])
"""The oldest Kubernetes the manifests are for (it knows preStop sleep), and the newest that is known here."""

CUSTOM = {"kafka.strimzi.io/v1", "clickhouse.altinity.com/v1", "monitoring.coreos.com/v1"}
"""Kinds of operators: no schema of theirs is here."""

SECRET_KEYS = {"api-key", "secrets-key", "clickhouse", "clickhouse-password"}
OCPP, METRICS, HTTP = 9000, "metrics", 8080

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def resources(overlay: str) -> list[Resource]:
    """What an overlay brings to the cluster."""
    return render(K8S / "overlays" / overlay)


def of_kind(overlay: str, *kinds: str) -> list[Resource]:
    return [each for each in resources(overlay) if each["kind"] in kinds]


def named(overlay: str, kind: str, name: str) -> Resource:
    (found,) = [each for each in of_kind(overlay, kind) if each["metadata"]["name"] == name]
    return found


def workloads(overlay: str) -> list[Resource]:
    """What runs Voltbus's image."""
    found = of_kind(overlay, "Deployment", "StatefulSet", "Job")
    return [each for each in found if each["metadata"].get("labels", {}).get("app.kubernetes.io/part-of") == "voltbus"]


def pod(workload: Resource) -> Resource:
    spec: Resource = workload["spec"]["template"]["spec"]
    return spec


def container(workload: Resource) -> Resource:
    (only,) = pod(workload)["containers"]
    found: Resource = only
    return found


def environ(overlay: str, workload: Resource) -> dict[str, str]:
    """The variables of its container; secrets and names of pods are made up."""
    told: dict[str, str] = {}
    for source in container(workload).get("envFrom", ()):
        told |= named(overlay, "ConfigMap", source["configMapRef"]["name"])["data"]
    for variable in container(workload).get("env", ()):
        if "value" in variable:
            told[variable["name"]] = variable["value"]
        elif not variable["valueFrom"].get("secretKeyRef", {}).get("optional"):  # else the pod starts without it
            told[variable["name"]] = _referred(overlay, variable["valueFrom"])
    return told


def _referred(overlay: str, source: Resource) -> str:
    match source:
        case {"secretKeyRef": {"name": "voltbus", "key": key}} if key in SECRET_KEYS:
            return "http://voltbus:secret@clickhouse:8123/"
        case {"secretKeyRef": {"name": name, "key": "password"}} if name in kafka_users(overlay):
            return "made by the operator"
        case {"fieldRef": {"fieldPath": "metadata.name"}}:
            return "gw-0"
        case {"configMapKeyRef": {"name": name, "key": key}}:
            value: str = named(overlay, "ConfigMap", name)["data"][key]
            return value
    raise AssertionError(f"nothing gives {source}")


def kafka_users(overlay: str) -> set[str]:
    """Whose Secrets the Kafka operator makes."""
    return {each["metadata"]["name"] for each in of_kind(overlay, "KafkaUser")}


def settings(overlay: str, workload: Resource) -> Any:
    return started(container(workload)["args"], environ(overlay, workload))


@each_overlay
@pytest.mark.parametrize("version", VERSIONS)
def test_every_resource_is_valid_for_kubernetes(overlay: str, version: str) -> None:
    for resource in resources(overlay):
        if resource["apiVersion"] not in CUSTOM:
            kubernetes_validate.validate(resource, version, strict=True)


@each_overlay
def test_no_resource_is_there_twice(overlay: str) -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in resources(overlay)]

    assert len(names) == len(set(names))


TOOLS = [command for command in (["kubectl", "kustomize"], ["kustomize", "build"]) if shutil.which(command[0])]


@each_overlay
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool[0])
def test_the_real_kustomize_renders_the_same(overlay: str, tool: list[str]) -> None:
    """Where it is installed (`kubectl` brings it along)."""
    import yaml

    done = subprocess.run([*tool, str(K8S / "overlays" / overlay)], capture_output=True, check=True, timeout=60)

    assert sorted(map(canonical, yaml.safe_load_all(done.stdout))) == sorted(map(canonical, resources(overlay)))


def canonical(resource: Any) -> str:
    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: ordered(value[key]) for key in sorted(value)}
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return sorted((ordered(item) for item in value), key=json.dumps)
        return value

    return json.dumps(ordered(resource))


@each_overlay
def test_every_variable_is_a_setting_and_every_needed_one_is_set(overlay: str) -> None:
    for workload in workloads(overlay):
        settings(overlay, workload)


@each_overlay
def test_every_worker_runs_in_a_deployment_of_its_name(overlay: str) -> None:
    """A new worker in services/__main__.py needs its Deployment in deploy/k8s/base/services.yaml."""
    running = {
        each["metadata"]["name"]: container(each)["args"] for each in workloads(overlay) if each["kind"] == "Deployment"
    }

    assert running == {name: ["services", name] for name in WORKERS}


@each_overlay
def test_gateway_and_stations_treat_unknown_stations_alike(overlay: str) -> None:
    (gateway,) = [each for each in workloads(overlay) if each["kind"] == "StatefulSet"]
    stations = named(overlay, "Deployment", "stations")

    ours, theirs = settings(overlay, gateway), settings(overlay, stations)
    assert ours.stations_unknown == theirs.stations_unknown
    assert ours.stations_unknown_certified == theirs.stations_unknown_certified


@each_overlay
def test_processes_of_the_api_share_the_quotas_of_tenants_among_all_of_them(overlay: str) -> None:
    api = named(overlay, "Deployment", "api")

    assert settings(overlay, api).api_processes == api["spec"]["replicas"]


@each_overlay
def test_every_gateway_that_may_run_has_its_topic(overlay: str) -> None:
    gateway = named(overlay, "StatefulSet", "gw")
    most = max(
        [gateway["spec"]["replicas"], *(s["spec"]["maxReplicas"] for s in of_kind(overlay, "HorizontalPodAutoscaler"))]
    )
    topics = settings(overlay, named(overlay, "Job", "topics"))

    planned = {each.name for each in plan(partitions=4, gateways=tuple(topics.gateways.split(",")), services=STATEFUL)}

    assert {gateway_topic(f"gw-{number}") for number in range(most)} <= planned


@each_overlay
def test_ports_are_those_the_processes_listen_on(overlay: str) -> None:
    for workload in workloads(overlay):
        told = settings(overlay, workload)
        ports = {port["name"]: port["containerPort"] for port in container(workload).get("ports", ())}
        expected = {} if workload["kind"] == "Job" else {METRICS: told.metrics_port}
        if isinstance(told, GatewaySettings):
            expected["ocpp"] = told.port
        if "api" in container(workload)["args"]:
            expected["http"] = told.port
        assert ports == expected, workload["metadata"]["name"]


@each_overlay
def test_services_lead_to_ports_of_pods(overlay: str) -> None:
    pods = of_kind(overlay, "Deployment", "StatefulSet")
    for service in of_kind(overlay, "Service"):
        selected = [
            each
            for each in pods
            if service["spec"]["selector"].items() <= each["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert len(selected) == 1, service["metadata"]["name"]
        ports = {port["name"] for port in container(selected[0])["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


@each_overlay
def test_probes_ask_what_the_processes_answer(overlay: str) -> None:
    for workload in workloads(overlay):
        if workload["kind"] == "Job":
            continue
        probed = container(workload)
        assert probed["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": METRICS}
        assert probed["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": METRICS}


@each_overlay
def test_a_pod_has_the_time_it_needs_to_stop(overlay: str) -> None:
    for workload in workloads(overlay):
        if workload["kind"] == "Job":
            continue
        before_s = container(workload).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        needed_s = before_s + longest_stop_s(settings(overlay, workload))
        assert pod(workload)["terminationGracePeriodSeconds"] >= needed_s, workload["metadata"]["name"]


@each_overlay
def test_nothing_of_voltbus_runs_as_root_or_writes_to_its_disk(overlay: str) -> None:
    for workload in workloads(overlay):
        assert pod(workload)["securityContext"]["runAsNonRoot"] is True
        assert pod(workload)["automountServiceAccountToken"] is False
        assert container(workload)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container(workload)["resources"]["limits"]


@each_overlay
def test_no_secret_is_written_down(overlay: str) -> None:
    assert of_kind(overlay, "Secret") == []


@each_overlay
def test_whoever_masks_or_opens_what_names_persons_is_handed_the_key_of_the_vault_and_nobody_else(overlay: str) -> None:
    """All by one Secret, which may be missing: then nobody has it."""
    handed = set()
    for workload in workloads(overlay):
        given = [each for each in container(workload).get("env", ()) if each["name"] == "VOLTBUS_IDENTITIES_KEY_FILE"]
        mounted = [each for each in container(workload)["volumeMounts"] if each["name"] == "identities"]
        volumes = [each for each in pod(workload)["volumes"] if each["name"] == "identities"]
        assert len(given) == len(mounted) == len(volumes) <= 1, workload["metadata"]["name"]
        if not given:
            continue
        handed.add(container(workload)["args"][-1])
        assert given[0]["valueFrom"] == {
            "secretKeyRef": {"name": "voltbus-identities", "key": "key-file", "optional": True}
        }
        assert (volumes[0]["secret"]["secretName"], volumes[0]["secret"]["optional"]) == ("voltbus-identities", True)
        assert mounted[0] == {"name": "identities", "mountPath": "/run/secrets/identities", "readOnly": True}
        key = "/run/secrets/identities/identities-key"
        assert key in OPERATIONS, "the page says where the key is"
        told = started(container(workload)["args"], environ(overlay, workload) | {"VOLTBUS_IDENTITIES_KEY_FILE": key})
        assert told.identities_key_file == key

    assert handed == MASKING


@each_overlay
def test_every_pod_that_stays_is_guarded_by_one_disruption_budget(overlay: str) -> None:
    """Two would forbid every eviction."""
    budgets = [each["spec"]["selector"]["matchLabels"].items() for each in of_kind(overlay, "PodDisruptionBudget")]

    for workload in workloads(overlay):
        labels = workload["spec"]["template"]["metadata"]["labels"].items()
        assert sum(wanted <= labels for wanted in budgets) == (workload["kind"] != "Job"), workload["metadata"]["name"]


@each_overlay
def test_everything_is_closed_and_opened_where_somebody_must_come_in(overlay: str) -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind(overlay, "NetworkPolicy")}
    opened = {
        name: {port["port"] for rule in spec.get("ingress", ()) for port in rule["ports"]}
        for name, spec in policies.items()
    }
    left = {
        port["port"] for spec in policies.values() for rule in spec.get("egress", ()) for port in rule.get("ports", ())
    }
    anywhere = {name for name, spec in policies.items() for rule in spec.get("egress", ()) if "ports" not in rule}

    assert policies["default"]["policyTypes"] == ["Ingress", "Egress"]
    assert opened == {
        "default": set(),
        "metrics": {9100, 9102},
        "stations": {OCPP},
        "operators": {HTTP},
        "clickhouse": set(),
        "webhooks": set(),
    }
    assert left == {53, 9092, 8123}
    assert anywhere == {"webhooks"}
    (outside,) = policies["webhooks"]["egress"]
    assert {"10.0.0.0/8", "169.254.0.0/16"} <= set(outside["to"][0]["ipBlock"]["except"])


@each_overlay
def test_kafka_is_where_the_processes_look_for_it(overlay: str) -> None:
    address = named(overlay, "ConfigMap", "voltbus")["data"]["VOLTBUS_BOOTSTRAP"]
    if overlay == "kind":
        (kafka,) = [each for each in of_kind(overlay, "Service") if each["metadata"]["name"] == "kafka"]
        assert address == f"kafka:{kafka['spec']['ports'][0]['port']}"
    else:
        (kafka,) = of_kind(overlay, "Kafka")
        (listener,) = kafka["spec"]["kafka"]["listeners"]
        assert address == f"{kafka['metadata']['name']}-kafka-bootstrap:{listener['port']}"


def test_production_keeps_every_record_on_as_many_brokers_as_its_topics_ask_for() -> None:
    (brokers,) = of_kind("production", "KafkaNodePool")
    (kafka,) = of_kind("production", "Kafka")
    replication = settings("production", named("production", "Job", "topics")).replication

    assert brokers["spec"]["replicas"] >= replication == 3
    assert kafka["spec"]["kafka"]["config"]["min.insync.replicas"] == replication - 1
    assert kafka["spec"]["kafka"]["config"]["auto.create.topics.enable"] is False


def test_production_reaches_kafka_as_its_listener_asks() -> None:
    (kafka,) = of_kind("production", "Kafka")
    (listener,) = kafka["spec"]["kafka"]["listeners"]

    for workload in workloads("production"):
        told = settings("production", workload)
        mounts = {mount["name"]: mount["mountPath"] for mount in container(workload)["volumeMounts"]}
        (authority,) = [
            volume["secret"]["secretName"] for volume in pod(workload)["volumes"] if volume["name"] == "kafka-ca"
        ]
        assert told.kafka_tls == listener["tls"]
        assert told.kafka_sasl.lower() == listener["authentication"]["type"]
        assert told.kafka_username in kafka_users("production")
        assert authority == f"{kafka['metadata']['name']}-cluster-ca-cert"
        assert told.kafka_ca == f"{mounts['kafka-ca']}/ca.crt"


def test_prometheus_scrapes_the_metrics_port_of_every_process() -> None:
    (monitor,) = of_kind("production", "PodMonitor")
    selected = monitor["spec"]["selector"]
    left_out = {value for expression in selected["matchExpressions"] for value in expression["values"]}

    for workload in workloads("production"):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        scraped = selected["matchLabels"].items() <= labels.items() and labels["app.kubernetes.io/name"] not in left_out
        assert scraped == (workload["kind"] != "Job")
    assert [endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]] == [METRICS]


def test_the_autoscaler_asks_for_a_metric_that_gateways_export() -> None:
    from gateway import metrics

    (scaler,) = of_kind("production", "HorizontalPodAutoscaler")
    (metric,) = scaler["spec"]["metrics"]

    assert metric["pods"]["metric"]["name"] == metrics.CONNECTIONS._name
    assert scaler["spec"]["scaleTargetRef"]["name"] == named("production", "StatefulSet", "gw")["metadata"]["name"]
    gateway = settings("production", named("production", "StatefulSet", "gw"))
    assert int(metric["pods"]["target"]["averageValue"]) < gateway.max_connections
