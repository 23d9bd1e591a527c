"""Making: a root and an intermediate for a start; what is there is never overwritten."""

import stat
from pathlib import Path

import pytest
from cryptography import x509

from schemas.settings import BadSetting
from services.authorities.making import (
    CONFIG,
    ISSUING,
    ISSUING_KEY,
    ROOT,
    ROOT_KEY,
    Making,
    intermediate,
    make,
    uses_in,
)
from tests.services.authorities.given import DAY, NOW, made, opened


def certificate(path: Path) -> x509.Certificate:
    (found,) = x509.load_pem_x509_certificates(path.read_bytes())
    return found


def test_a_root_and_an_intermediate_are_made_with_the_file_that_names_them(tmp_path: Path) -> None:
    folder = made(tmp_path / "authority")
    root, issuing = certificate(folder / ROOT), certificate(folder / ISSUING)

    assert {path.name for path in folder.iterdir()} == {ROOT, ROOT_KEY, ISSUING, ISSUING_KEY, CONFIG}
    issuing.verify_directly_issued_by(root)
    assert issuing.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert root.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert opened(folder).name == "stations"


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder = made(tmp_path / "authority")

    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in (ROOT_KEY, ISSUING_KEY)} == {0o600}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = made(tmp_path / "authority")
    before = (folder / ROOT_KEY).read_bytes()

    with pytest.raises(BadSetting, match="is there already"):
        made(folder)
    assert (folder / ROOT_KEY).read_bytes() == before


def test_a_new_intermediate_stands_below_the_same_root_and_ends_with_it(tmp_path: Path) -> None:
    folder = made(tmp_path / "authority")
    old = certificate(folder / ISSUING)
    for name in (ISSUING, ISSUING_KEY):
        (folder / name).rename(folder / f"old-{name}")

    intermediate(Making(folder=folder, organization="Elbtal", years=30), NOW + 400 * DAY)

    new, root = certificate(folder / ISSUING), certificate(folder / ROOT)
    new.verify_directly_issued_by(root)
    assert new.subject != old.subject
    assert new.not_valid_after_utc == root.not_valid_after_utc


def test_without_the_key_of_the_root_there_is_no_new_intermediate(tmp_path: Path) -> None:
    folder = made(tmp_path / "authority")
    (folder / ROOT_KEY).unlink()

    with pytest.raises(BadSetting, match="cannot be read"):
        intermediate(Making(folder=folder, organization="Elbtal"), NOW)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"password_file": "/nowhere/password"}, "cannot be read"), ({"organization": "x" * 65}, "organization")],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, changes: dict[str, str], why: str) -> None:
    with pytest.raises(BadSetting, match=why):
        make(Making(**{"folder": tmp_path / "authority", "organization": "Elbtal"} | changes), NOW)  # type: ignore[arg-type]


def test_an_empty_password_is_none(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n")

    with pytest.raises(BadSetting, match="is empty"):
        made(tmp_path / "authority", password_file=str(tmp_path / "password"))


def test_uses_are_words_with_commas() -> None:
    assert uses_in("V2GCertificate, V2G20Certificate") == ("V2GCertificate", "V2G20Certificate")
    for text in ("", "Everything"):
        with pytest.raises(BadSetting, match="name one or more"):
            uses_in(text)
