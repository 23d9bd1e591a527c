"""Certificates: one command spelled for three versions, and requests to sign."""

import json
from typing import Any

import pytest

from gateway.ocpp.rows import Answer, Unsupported
from gateway.ocpp.translate import OutboundCall, to_call, to_outcome
from schemas.certificates import DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.signing import CertificateSigned, SignatureAsked, SigningDecided
from schemas.x509 import HashData
from tests.gateway.ocpp import building
from tests.schemas.wire.oracle import accepts

HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}
CHAIN = "-----BEGIN CERTIFICATE-----"
VERSIONS = ("1.6", "2.0.1", "2.1")


def called(version, command):
    call = to_call(version, command, "c1")
    assert isinstance(call, OutboundCall), call
    return call.action, json.loads(call.payload)


@pytest.mark.usecase("M05", "1.6:M05", "TC_M_01_CSMS", "TC_M_02_CSMS")
@pytest.mark.parametrize(
    ("version", "word"),
    [("1.6", "CentralSystemRootCertificate"), ("2.0.1", "CSMSRootCertificate"), ("2.1", "CSMSRootCertificate")],
)
def test_a_root_certificate_is_installed_in_the_words_of_the_version(version, word) -> None:
    command = InstallCertificate(certificate_type="CSMSRootCertificate", certificate="PEM")

    assert called(version, command) == ("InstallCertificate", {"certificateType": word, "certificate": "PEM"})


def test_1_6_has_no_roots_of_vehicles() -> None:
    root = InstallCertificate(certificate_type="OEMRootCertificate", certificate="PEM")

    assert isinstance(to_call("1.6", root, "c1"), Unsupported)


@pytest.mark.usecase("M03", "1.6:M03")
def test_certificates_are_listed_by_their_use() -> None:
    of_one = GetInstalledCertificates(certificate_type=("ManufacturerRootCertificate",))

    assert called("1.6", of_one) == ("GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"})
    assert called("2.0.1", of_one)[1] == {"certificateType": ["ManufacturerRootCertificate"]}
    assert called("2.1", GetInstalledCertificates()) == ("GetInstalledCertificateIds", {})
    assert isinstance(to_call("1.6", GetInstalledCertificates(), "c1"), Unsupported)


@pytest.mark.usecase("M04", "1.6:M04", "TC_M_20_CSMS")
@pytest.mark.parametrize("version", VERSIONS)
def test_a_certificate_is_deleted_by_what_the_station_listed(version) -> None:
    command = DeleteCertificate(
        hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="01"
    )

    assert called(version, command) == (
        "DeleteCertificate",
        {"certificateHashData": HASH},
    )


@pytest.mark.usecase("M03", "M04", "TC_M_18_CSMS", "TC_M_21_CSMS")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("word", "outcome", "remark"),
    [("Accepted", "accepted", ""), ("NotFound", "accepted", "NotFound"), ("Failed", "rejected", "Failed")],
)
def test_that_there_is_no_such_certificate_is_an_answer_and_no_refusal(version, word, outcome, remark) -> None:
    answer = to_outcome(version, GetInstalledCertificates(), json.dumps({"status": word}).encode())

    assert (answer.outcome, answer.error_description) == (outcome, remark)


ASKS: dict[str, dict[str, Any]] = {
    "1.6": {"csr": "PEM"},
    "2.0.1": {"csr": "PEM", "certificateType": "V2GCertificate"},
    "2.1": {"csr": "PEM", "certificateType": "V2G20Certificate", "requestId": 7, "hashRootCertificate": HASH},
}


@pytest.mark.usecase("A02", "A03", "1.6:A02", "1.6:A03")
@pytest.mark.parametrize(
    ("version", "use", "number"),
    [("1.6", "ChargingStationCertificate", None), ("2.0.1", "V2GCertificate", None), ("2.1", "V2G20Certificate", 7)],
)
def test_a_request_to_sign_is_a_record_of_its_own(version: str, use: str, number: int | None) -> None:
    asked = building.record(version, "SignCertificate", ASKS[version])

    assert isinstance(asked, SignatureAsked)
    assert (asked.csr, asked.use, asked.request_id, asked.further) == ("PEM", use, number, {})
    if version == "2.1":
        assert asked.root == HashData(
            hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="01"
        )


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_request_that_names_no_use_is_for_everything(version: str) -> None:
    asked = building.record(version, "SignCertificate", {"csr": "PEM"})

    assert isinstance(asked, SignatureAsked)
    assert asked.use is None


@pytest.mark.usecase("A02.FR.11", "A02.FR.12", "A03.FR.11", "A03.FR.12")
@pytest.mark.parametrize("version", VERSIONS)
def test_the_answer_is_the_decision_with_its_reason_where_there_is_room(version: str) -> None:
    made: dict[str, Any] = {"id": "d", "station": building.STATION, "reply_to": building.REPLY_TO}
    yes = SigningDecided(**made, accepted=True)
    no = SigningDecided(**made, accepted=False, reason_code="InvalidCSR", detail="x" * 600)

    assert building.answered(version, "SignCertificate", yes) == {"status": "Accepted"}
    refused = building.answered(version, "SignCertificate", no)
    assert refused["status"] == "Rejected"
    if version != "1.6":
        assert refused["statusInfo"] == {"reasonCode": "InvalidCSR", "additionalInfo": "x" * 512}
    assert accepts(version, "SignCertificate", "response", json.dumps(refused))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_that_nobody_decides_is_refused_and_the_station_not_made_to_end_its_connection(version: str) -> None:
    said = building.received(version, "SignCertificate", ASKS[version])

    assert said.answer is Answer.DECIDED
    assert json.loads(said.fallback) == {"status": "Rejected"}  # type: ignore[arg-type]


@pytest.mark.usecase("A02.FR.14", "A02.FR.25", "A03.FR.14", "A03.FR.21")
def test_a_certificate_is_sent_as_each_version_spells_it() -> None:
    plain = CertificateSigned(certificate_chain=CHAIN, certificate_type="ChargingStationCertificate", request_id=7)

    assert called("1.6", plain) == ("CertificateSigned", {"certificateChain": CHAIN})
    assert called("2.0.1", plain)[1] == {"certificateChain": CHAIN, "certificateType": "ChargingStationCertificate"}
    assert called("2.1", plain)[1] == called("2.0.1", plain)[1] | {"requestId": 7}
    assert called("2.1", CertificateSigned(certificate_chain=CHAIN))[1] == {"certificateChain": CHAIN}


@pytest.mark.parametrize(("version", "use"), [("1.6", "V2G20Certificate"), ("2.0.1", "V2G20Certificate")])
def test_a_version_without_the_use_is_sent_none(version: str, use: Any) -> None:
    assert isinstance(
        to_call(version, CertificateSigned(certificate_chain=CHAIN, certificate_type=use), "c1"), Unsupported
    )


def test_a_root_that_is_named_in_part_is_none() -> None:
    partly = {"csr": "PEM", "hashRootCertificate": {"issuerNameHash": "aa"}}
    asked = building.record("2.1", "SignCertificate", partly)

    assert isinstance(asked, SignatureAsked)
    assert asked.root is None
