"""The key for secrets comes from a file or a setting."""

import base64
from pathlib import Path

import pytest

from schemas.keyfile import seal_from, vault_from
from schemas.settings import BadSetting

KEY = base64.b64encode(bytes(64)).decode()


def test_a_key_in_a_file_seals(tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    file.write_text(KEY + "\n")

    assert seal_from(str(file)).has_key


def test_without_a_key_nothing_can_be_sealed() -> None:
    assert not seal_from("").has_key
    assert seal_from("", KEY).has_key


def test_a_file_that_cannot_be_read_or_has_no_key_is_named(tmp_path: Path) -> None:
    short = tmp_path / "short.key"
    short.write_text("c2hvcnQ=")

    for path in (short, tmp_path / "absent.key"):
        with pytest.raises(BadSetting, match=path.name):
            seal_from(str(path))


def test_the_vault_has_its_key_from_a_file_of_its_own_and_is_off_without(tmp_path: Path) -> None:
    file = tmp_path / "identities.key"
    file.write_text(KEY)

    assert vault_from(str(file)).is_on
    assert not vault_from("").is_on
    with pytest.raises(BadSetting, match="identities_key_file"):
        vault_from(str(tmp_path / "absent.key"))
