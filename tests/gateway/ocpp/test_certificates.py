"""Certificates: one command spelled for three versions; what nothing here can check is answered as its clause says."""

import datetime as dt
import json

import pytest

from gateway.ocpp.rows import Unsupported
from gateway.ocpp.translate import Context, OutboundCall, Received, receive, to_call, to_outcome
from schemas.certificates import DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.facts import FactReported
from tests.schemas.wire.oracle import accepts

NOW = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
CONTEXT = Context(station="CP-1", gateway="gw-0", epoch=1, received_at=NOW)
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}
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


@pytest.mark.parametrize("use", ["V2GRootCertificate", "MORootCertificate", "OEMRootCertificate"])
def test_1_6_has_no_certificates_of_iso_15118(use) -> None:
    assert isinstance(to_call("1.6", InstallCertificate(certificate_type=use, certificate="PEM"), "c1"), Unsupported)


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


def answered(version, action, payload):
    """The answer to a station, and the record that is kept; the answer is valid."""
    received = receive(version, action, "m1", json.dumps(payload).encode(), CONTEXT)
    assert isinstance(received, Received)
    (record,) = received.records
    assert isinstance(record, FactReported)
    assert isinstance(received.result, bytes)
    assert accepts(version, action, "response", received.result.decode())
    return json.loads(received.result)


@pytest.mark.usecase("M06", "M06.FR.01", "M06.FR.04")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_certificate_status_that_nobody_can_be_asked_about_has_failed(version) -> None:
    request = {"ocspRequestData": HASH | {"responderURL": "http://ocsp.example"}}

    assert answered(version, "GetCertificateStatus", request) == {"status": "Failed"}


@pytest.mark.usecase("M01", "M02")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.parametrize("action", ["Install", "Update"])
def test_a_contract_that_no_provider_can_give_has_failed(version, action) -> None:
    request = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": action, "exiRequest": "x"}

    assert answered(version, "Get15118EVCertificate", request) == {"status": "Failed", "exiResponse": ""}


@pytest.mark.usecase("M07", "M07.FR.02", "M07.FR.05", "M07.FR.08")
def test_each_certificate_of_a_chain_that_nobody_can_be_asked_about_has_failed() -> None:
    asked = [
        {"source": source, "urls": ["http://x"], "certificateHashData": HASH | {"serialNumber": source}}
        for source in ("OCSP", "CRL")
    ]

    answer = answered("2.1", "GetCertificateChainStatus", {"certificateStatusRequests": asked})

    assert answer["certificateStatus"] == [
        {
            "certificateHashData": HASH | {"serialNumber": source},
            "source": source,
            "status": "Failed",
            "nextUpdate": "2026-03-28T12:00:00.000Z",
        }
        for source in ("OCSP", "CRL")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_to_sign_is_refused_and_the_station_not_made_to_end_its_connection(version) -> None:
    assert answered(version, "SignCertificate", {"csr": "x"}) == {"status": "Rejected"}
