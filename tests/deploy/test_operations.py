"""The operations page: its commands exist, its settings exist, its links lead somewhere."""

import re
import shlex
from pathlib import Path

import msgspec
import pytest

from gateway.settings import Settings as GatewaySettings
from schemas.topicplan import plan
from schemas.topics import CATALOGUE
from services.__main__ import SWITCHES
from services.nouns import NOT_REPLAYED, REPLAYED, STATEFUL, WORKERS, NounReplaySettings
from services.runtime.process.settings import TopicsSettings
from tests.deploy.test_compose import SERVICES
from tests.deploy.test_kubernetes import SECRET_KEYS, resources

DEPLOY = Path(__file__).parents[2] / "deploy"
PAGE = (DEPLOY / "OPERATIONS.md").read_text()
FIELDS = {
    field.name
    for kind in (GatewaySettings, NounReplaySettings, TopicsSettings)
    for field in msgspec.structs.fields(kind)
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def shell_lines() -> list[str]:
    return [line for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()]


def test_every_variable_is_a_setting() -> None:
    named = {name.lower() for name in re.findall(r"VOLTBUS_([A-Z_]+)\b(?!\*)", PAGE)}

    assert named - {""} <= FIELDS


@pytest.mark.parametrize("line", [line for line in shell_lines() if "services replay" in line])
def test_a_replay_on_the_page_is_one_that_runs(line: str) -> None:
    words = shlex.split(line.split("services replay ", 1)[1])
    flags = {word for word in words if word.startswith("--")}

    assert words[0] in REPLAYED
    assert {flag.removeprefix("--").replace("-", "_") for flag in flags} <= FIELDS
    assert flags & {"--from-beginning", "--since"}
    assert flags - {"--since", "--bootstrap"} <= set(SWITCHES)


def test_what_is_refused_is_told() -> None:
    for name in NOT_REPLAYED:
        assert f"`{name}`" in PAGE


def test_the_secret_is_made_with_the_keys_that_manifests_ask_for() -> None:
    made = {
        name: set(re.findall(r"--from-literal=([a-z-]+)=", rest))
        for name, rest in re.findall(r"create secret generic (\S+) \\\n((?:  --from-literal=.*\n)+)", PAGE)
    }

    assert made == {"voltbus": SECRET_KEYS, "voltbus-identities": {"identities-key", "key-file"}}


def test_what_is_scaled_or_waited_for_exists() -> None:
    named = set(re.findall(r"\b(deployment|job)/([a-z-]+)", PAGE))
    there = {(each["kind"].lower(), each["metadata"]["name"]) for each in resources("production")}

    assert named
    assert named <= there


def test_topics_on_the_page_are_in_the_catalogue() -> None:
    names = {each.name for each in plan(partitions=1, gateways=("gw-0",), services=STATEFUL)} | {
        t.name for t in CATALOGUE
    }
    named = {name.removesuffix(".txt") for name in re.findall(r"csms\.[a-z.*<>-]+[a-z*>]", PAGE)}

    for name in named:
        assert name in names or any(each.startswith(name.rstrip("*")) for each in names if name.endswith("*")), name


def test_groups_on_the_page_are_those_of_services() -> None:
    assert set(re.findall(r"--group voltbus\.([a-z-]+)", PAGE)) <= set(WORKERS)


def test_every_process_has_its_health_explained() -> None:
    table = PAGE.split("## Health")[1].split("##")[0]

    for name in ("gateway", "stateful services", "metering", "api"):
        assert f"| {name} |" in table


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", PAGE))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (DEPLOY / link).exists()


def test_backups_go_where_every_clickhouse_allows_them() -> None:
    folders = {str(Path(path).parent) + "/" for path in re.findall(r"File\('([^']+)'\)", PAGE)}
    allowed = re.compile(r"<allowed_path>([^<]+)</allowed_path>")
    (kind,) = [each for each in resources("kind") if each["metadata"]["name"] == "clickhouse-backups"]
    (production,) = [each for each in resources("production") if each["kind"] == "ClickHouseInstallation"]
    configs = [
        (DEPLOY / "clickhouse" / "backups.xml").read_text(),
        kind["data"]["backups.xml"],
        production["spec"]["configuration"]["files"]["config.d/backups.xml"],
    ]

    for config in configs:
        assert set(allowed.findall(config)) == folders
    assert any(volume.startswith("./clickhouse/backups.xml:") for volume in SERVICES["clickhouse"]["volumes"])
