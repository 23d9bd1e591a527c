"""Before anything starts: each thing in the way gets one sentence that says what to do."""

import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.checks import CannotStart, free_port, only_one, operator_key, usable_folder


def test_a_port_in_use_is_named_with_the_flag_that_chooses_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=re.escape(f"Port {port} on 127.0.0.1 is not free")) as refused:
            free_port("127.0.0.1", port, "--ocpp-port")

    assert "--ocpp-port PORT" in str(refused.value)


def test_a_port_is_free_again_when_its_user_is_gone() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    free_port("127.0.0.1", port, "--port")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    with pytest.raises(CannotStart, match="cannot be written"):
        usable_folder(in_the_way / "data")


def test_a_second_product_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CannotStart, match="already runs"):
        only_one(tmp_path)


def test_the_folder_is_free_again_after_the_first_has_stopped(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass

    with only_one(tmp_path):
        pass


def test_the_operators_key_is_random_kept_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    key = operator_key(tmp_path, None)

    assert len(key) >= 32
    assert operator_key(tmp_path, None) == key
    assert stat.S_IMODE((tmp_path / "operator.key").stat().st_mode) == 0o600
    assert operator_key(tmp_path / "..", "given") == "given"


def test_a_port_in_use_ends_the_start_with_a_sentence_and_exit_1_and_starts_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = subprocess.run(
            [sys.executable, "-m", "deploy.local", "--data", str(tmp_path), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Voltbus cannot start: Port {port} on 127.0.0.1 is not free")
    assert not (tmp_path / "log").exists()
