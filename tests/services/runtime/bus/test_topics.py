"""`python -m services topics` on a real cluster, and the command line around it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas.topicplan import plan
from services.__main__ import main
from services.nouns import STATEFUL, WORKERS
from services.runtime.bus.topics import wanted_config
from tests.brokers import broker


def services(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command: Sequence[str] = [sys.executable, "-m", "services", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.kafka
def test_topics_are_made_once_checked_and_their_differences_told(tmp_path: Path) -> None:
    with broker(tmp_path) as empty:
        common = ["topics", "--bootstrap", empty.bootstrap, "--replication", "1"]
        unmade = services(*common, "--partitions", "3", "--check")
        made = services(*common, "--partitions", "3", "--gateways", "gw-0,gw-1")
        again = services(*common, "--partitions", "3", "--gateways", "gw-0,gw-1")
        checked = services(*common, "--partitions", "3", "--gateways", "gw-0,gw-1", "--check")
        other = services(*common, "--partitions", "5", "--gateways", "gw-7", "--check")
    count = len(plan(partitions=3, gateways=("gw-0", "gw-1"), services=STATEFUL))

    assert (unmade.returncode, "csms.stations does not exist." in unmade.stdout) == (1, True)
    assert (made.returncode, made.stdout) == (0, f"{count} topics made, 0 were there already.\n")
    assert (again.returncode, again.stdout) == (0, f"0 topics made, {count} were there already.\n")
    assert (checked.returncode, checked.stdout) == (0, "")
    assert other.returncode == 1
    assert "csms.gateway.gw-7 does not exist." in other.stdout
    assert "csms.stations has 3 partitions; it should have 5." in other.stdout


def test_compacted_topics_are_compacted_and_others_kept_as_long_as_the_catalogue_says() -> None:
    plans = {each.name: each for each in plan(partitions=3, gateways=("gw-0",), services=STATEFUL)}

    assert wanted_config(plans["csms.ref.tokens"]) == {"cleanup.policy": "compact"}
    vault = wanted_config(plans["csms.ref.identities"])
    assert int(vault["segment.ms"]) + int(vault["max.compaction.lag.ms"]) == 86_400_000
    assert wanted_config(plans["csms.gateway.gw-0"]) == {"cleanup.policy": "delete", "retention.ms": "3600000"}


def test_every_stateful_worker_is_a_worker() -> None:
    assert set(STATEFUL) <= set(WORKERS)


def test_an_unknown_service_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stations", "sations"]) == 2
    assert "No service is called sations." in capsys.readouterr().err


def test_a_cluster_that_cannot_be_reached_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "--bootstrap", "127.0.0.1:1"]) == 1
    assert "Kafka at 127.0.0.1:1 cannot be asked" in capsys.readouterr().err
