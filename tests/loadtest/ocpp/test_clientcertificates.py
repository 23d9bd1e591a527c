"""Client certificates of simulated stations: made once, of one authority, and as a CSMS wants them."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509

from loadtest.ocpp.clientcertificates import BadFolder, certificate_of, context_of, prepare


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_a_station_has_a_certificate_with_its_name_from_the_folders_authority(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    authority = read(prepare(folder))

    own = read(certificate_of(folder, "LOAD/1"))

    own.verify_directly_issued_by(authority)
    assert own.subject.rfc4514_string() == "CN=LOAD/1,O=Voltbus load test"
    assert own.not_valid_before_utc < dt.datetime.now(dt.UTC) < own.not_valid_after_utc
    assert context_of(folder, "LOAD/1").get_ca_certs() is not None
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}, "keys are for their owner alone"


def test_the_next_run_finds_the_same(tmp_path: Path) -> None:
    first = read(prepare(tmp_path)), read(certificate_of(tmp_path, "CP-1"))

    assert (read(prepare(tmp_path)), read(certificate_of(tmp_path, "CP-1"))) == first
    assert read(certificate_of(tmp_path, "CP-2")) != first[1]


def test_a_folder_with_something_else_in_it_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")
    (tmp_path / "ca.key").write_text("nonsense")

    with pytest.raises(BadFolder, match=str(tmp_path)):
        prepare(tmp_path)
