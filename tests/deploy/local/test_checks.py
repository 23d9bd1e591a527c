"""Before anything starts: each thing in the way gets one sentence that says what to do."""

import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.checks import (
    CannotStart,
    authorities,
    free_port,
    key_in,
    only_one,
    operator_key,
    private,
    usable_folder,
)


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


def test_what_an_earlier_version_left_open_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "operator.key").write_text("an-old-key-of-an-operator\n")
    (tmp_path / "operator.key").chmod(0o644)
    tmp_path.chmod(0o755)
    usable_folder(tmp_path)
    key = operator_key(tmp_path, None)

    assert key == "an-old-key-of-an-operator"
    assert stat.S_IMODE((tmp_path / "operator.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_folder_that_everybody_shares_stays_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    private(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777


def test_the_operators_key_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" a-key-of-an-operator\n")

    assert key_in(str(tmp_path / "key")) == "a-key-of-an-operator"
    with pytest.raises(CannotStart, match="cannot be read from /nowhere"):
        key_in("/nowhere/key")


def test_a_key_of_the_command_line_is_gone_from_it_once_the_process_runs(tmp_path: Path) -> None:
    """Everybody on the machine can read the command lines of all processes."""
    told = (
        "import os, schemas.secretflags; schemas.secretflags.hide_secrets();"
        "print(open('/proc/self/cmdline').read(), os.environ['VOLTBUS_API_KEY'])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", told, "--api-key", "s3cret"], capture_output=True, text=True, timeout=60, check=True
    ).stdout

    assert shown.count("s3cret") == 1
    assert shown.endswith(" s3cret\n")


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


def test_an_authority_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = authorities(tmp_path)
    key = (made.parent / "intermediate.key").read_bytes()

    assert authorities(tmp_path) == made
    assert (made.parent / "intermediate.key").read_bytes() == key
    assert stat.S_IMODE((made.parent / "root.key").stat().st_mode) == 0o600


def test_a_folder_without_its_authority_is_not_filled_again(tmp_path: Path) -> None:
    (tmp_path / "authorities").mkdir()

    with pytest.raises(CannotStart, match="move that folder away"):
        authorities(tmp_path)
