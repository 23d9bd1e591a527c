"""deploy/Dockerfile: what it copies exists, what it starts runs without what it leaves out, and nobody is root."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from gateway.settings import Settings as GatewaySettings
from services.nouns import DECLARED, ServicesSettings
from tests.deploy.test_compose import OURS
from tests.deploy.test_kubernetes import container, pod, workloads

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy" / "Dockerfile").read_text()
LINES = re.sub(r"\\\n\s*", "", "\n".join(line for line in TEXT.splitlines() if not line.startswith("#")))
STEPS = [tuple(line.split(" ", 1)) for line in LINES.splitlines() if line.strip()]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
IMPORTS = {"confluent-kafka": "confluent_kafka", "chdb-core": "chdb"}


def steps(instruction: str) -> list[str]:
    return [rest for word, rest in STEPS if word == instruction]


def left_out() -> list[str]:
    return re.findall(r"--no-install-package ([\w-]+)", LINES)


def test_every_instruction_is_one() -> None:
    assert {word for word, _ in STEPS} <= {
        "FROM", "WORKDIR", "ARG", "ENV", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"
    }  # fmt: skip


def test_both_stages_have_the_python_that_tests_run_on() -> None:
    bases = [rest.split()[0] for rest in steps("FROM")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert set(bases) == {"python:3.11-slim-bookworm"}
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["mypy"]["python_version"] == "3.11"


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    sent = {line.removeprefix("!") for line in (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()}
    sources = {source for rest in steps("COPY") if "--from" not in rest for source in rest.split()[:-1]}

    assert sources == {"pyproject.toml", "uv.lock", "schemas", "gateway", "services"}
    for source in sources:
        assert (ROOT / source).exists()
        assert source in sent


def test_dependencies_are_locked_and_without_those_of_developers() -> None:
    (version,) = re.findall(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert f"uv=={version}" in LINES
    assert "uv sync --locked --no-dev" in LINES


def test_what_is_left_out_is_in_the_lock_file() -> None:
    assert set(left_out()) <= {package["name"] for package in LOCK["package"]}


def test_nothing_else_in_the_image_needs_what_is_left_out() -> None:
    """Extras aside: of a package's dependencies those that it always has."""
    needing = {
        package["name"]: [dependency["name"] for dependency in package.get("dependencies", ())]
        for package in LOCK["package"]
        if package["name"] not in {*left_out(), "voltbus"}
    }
    development = {"kubernetes-validate"}

    assert [name for name, needs in needing.items() if set(needs) & set(left_out()) and name not in development] == []


def test_every_process_starts_without_what_is_left_out() -> None:
    missing = [IMPORTS.get(name, name) for name in left_out()]
    modules = sorted({"gateway.__main__", "services.__main__", *(run.build.split(":")[0] for run in DECLARED.values())})
    program = f"import sys, importlib\nsys.modules.update(dict.fromkeys({missing}))\n"
    program += f"for name in {modules}: importlib.import_module(name)"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_image_runs_as_the_user_of_the_manifests() -> None:
    user = steps("USER")[-1]
    after = [word for word, _ in STEPS][max(at for at, (word, _) in enumerate(STEPS) if word == "USER") :]

    assert user == "10001:10001"
    assert "RUN" not in after
    for workload in workloads("production"):
        told = pod(workload)["securityContext"]
        assert user == f"{told['runAsUser']}:{told['runAsGroup']}"


def test_it_is_started_as_the_manifests_start_it() -> None:
    assert steps("ENTRYPOINT") == ['["python", "-m"]']
    for workload in workloads("production"):
        assert "command" not in container(workload)
    assert all("entrypoint" not in each for each in OURS.values())


def test_it_is_one_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    images = {each["image"] for each in OURS.values()} | {container(each)["image"] for each in workloads("production")}

    assert images == {f"voltbus:{version}"}


def test_it_exposes_what_is_listened_on() -> None:
    gateway, services = GatewaySettings(), ServicesSettings()

    assert {int(port) for port in steps("EXPOSE")[0].split()} == {
        gateway.port, gateway.metrics_port, services.port, services.metrics_port
    }  # fmt: skip
