"""deploy/compose.yaml: in step with the code, and complete."""

import re
from pathlib import Path
from typing import Any

import pytest

from schemas.topicplan import plan
from schemas.topics import gateway_topic
from services.nouns import STATEFUL, WORKERS
from tests.deploy.processes import MASKING, longest_stop_s, started
from tests.deploy.yamls import read_yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = read_yaml(DEPLOY / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("voltbus:")}
THEIRS = {name: each for name, each in SERVICES.items() if name not in OURS}
KEYS = {
    "image", "build", "command", "environment", "depends_on", "healthcheck", "ports", "volumes", "restart", "read_only", "tmpfs",
    "cap_drop", "security_opt", "stop_grace_period", "ulimits", "profiles",
}  # fmt: skip
GIVEN = {"VOLTBUS_API_KEY": "a-key-of-16-letters-or-more", "VOLTBUS_CLICKHOUSE_PASSWORD": "secret"}
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")

each_of_ours = pytest.mark.parametrize("name", OURS)


def filled(text: str) -> str:
    """As compose fills variables in: `${NAME:-default}`, `${NAME:?what to do}`."""

    def value(match: re.Match[str]) -> str:
        name, sign, rest = match.groups()
        assert sign, f"{name} has neither a default nor a sentence for where it is missing"
        return GIVEN[name] if sign == "?" else rest

    return _VARIABLE.sub(value, text)


def environ(name: str) -> dict[str, str]:
    return {key: filled(value) for key, value in OURS[name]["environment"].items()}


def settings(name: str) -> Any:
    return started(OURS[name]["command"], environ(name))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_uses_only_words_that_compose_knows(name: str) -> None:
    assert set(SERVICES[name]) <= KEYS


@each_of_ours
def test_every_variable_is_a_setting_and_every_needed_one_is_set(name: str) -> None:
    settings(name)


def test_every_worker_runs_once() -> None:
    run = [word for each in OURS.values() if each["command"][0] == "services" for word in each["command"][1:]]

    assert sorted(run) == sorted([*WORKERS, "topics"])


def test_every_gateway_has_its_topic() -> None:
    planned = plan(partitions=4, gateways=tuple(settings("topics").gateways.split(",")), services=STATEFUL)

    assert gateway_topic(settings("gateway").gateway) in {each.name for each in planned}


@each_of_ours
def test_health_is_asked_on_the_metrics_port(name: str) -> None:
    if name == "topics":
        return
    told = settings(name)
    asked = OURS[name]["healthcheck"]["test"][-1]

    assert f"http://127.0.0.1:{told.metrics_port}/health/ready" in asked
    compile(asked, name, "exec")


@each_of_ours
def test_a_container_has_the_time_it_needs_to_stop(name: str) -> None:
    if name != "topics":
        assert int(OURS[name]["stop_grace_period"].removesuffix("s")) >= longest_stop_s(settings(name))


def test_ports_that_are_published_are_listened_on() -> None:
    listened = {name: {str(getattr(settings(name), "port", ""))} for name in OURS}

    for name, each in OURS.items():
        for port in each.get("ports", ()):
            assert port.split(":")[-1] in listened[name]


def test_only_stations_come_in_from_outside() -> None:
    outside = {name for name, each in SERVICES.items() for port in each.get("ports", ()) if port.count(":") == 1}

    assert outside == {"gateway"}


def test_whoever_is_waited_for_is_there_and_says_when_it_is_ready() -> None:
    for each in SERVICES.values():
        for other, how in each.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]
            else:
                assert how["condition"] == "service_completed_successfully"
                assert other == "topics"


def test_neighbours_are_where_the_processes_look_for_them() -> None:
    for name in OURS:
        told = settings(name)
        assert told.bootstrap == "kafka:9092"
        if "metering" in name or "api" in name:
            assert told.clickhouse == "http://voltbus:secret@clickhouse:8123/"
    assert "PLAINTEXT://kafka:9092" in THEIRS["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert filled(THEIRS["clickhouse"]["environment"]["CLICKHOUSE_PASSWORD"]) == "secret"


def test_topics_ask_for_as_many_copies_as_there_are_brokers() -> None:
    assert settings("topics").replication == len([name for name in THEIRS if name.startswith("kafka")])


def test_what_is_kept_is_on_a_volume_and_what_is_mounted_exists() -> None:
    for each in SERVICES.values():
        for volume in each.get("volumes", ()):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", THEIRS)
def test_images_of_others_are_official_and_of_one_version(name: str) -> None:
    image, _, version = THEIRS[name]["image"].partition(":")

    assert image in {"apache/kafka", "clickhouse/clickhouse-server", "prom/prometheus", "grafana/grafana"}
    assert re.fullmatch(r"v?\d+\.\d+(\.\d+)?", version)


@each_of_ours
def test_nothing_of_voltbus_writes_to_its_disk_or_has_powers(name: str) -> None:
    assert OURS[name]["read_only"] is True
    assert OURS[name]["cap_drop"] == ["ALL"]
    assert OURS[name]["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}


def test_whoever_masks_or_opens_what_names_persons_is_handed_the_key_of_the_vault_and_nobody_else() -> None:
    key = "/run/identities/identities.key"
    handed = set()
    for name, each in OURS.items():
        given = each["environment"].get("VOLTBUS_IDENTITIES_KEY_FILE")
        if given is None:
            assert not any("identities" in volume for volume in each.get("volumes", ())), name
            continue
        handed.add(name)
        assert filled(given) == "", "persons have no pseudonyms unless the operator says so"
        told = started(each["command"], environ(name) | {"VOLTBUS_IDENTITIES_KEY_FILE": key})
        assert told.identities_key_file == key
        assert f"./identities:{Path(key).parent}:ro" in each["volumes"]

    assert handed == MASKING
