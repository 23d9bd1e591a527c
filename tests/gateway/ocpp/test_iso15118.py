"""ISO 15118: what stations ask is a record, and the decision on it is spelled as the version has it."""

import datetime as dt
import json
from typing import Any

import pytest

from gateway.ocpp.iso15118 import LONGEST_EXI_201, LONGEST_OCSP_21, LONGEST_OCSP_201
from gateway.ocpp.rows import Answer
from schemas.base import OcppVersion
from schemas.iso15118 import (
    CertificateStatusAsked,
    CertificateStatusDecided,
    ContractCertificateAsked,
    ContractCertificateDecided,
    StatusCheck,
    StatusFound,
)
from schemas.x509 import HashData
from tests.gateway.ocpp import building
from tests.gateway.ocpp.building import V2X

HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "0c"}
NAME = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="0c")
URL = "http://ocsp.example/"
STATUS = {"ocspRequestData": HASH | {"responderURL": URL}}
CHAIN = {
    "certificateStatusRequests": [
        {"certificateHashData": HASH, "source": "OCSP", "urls": [URL]},
        {"certificateHashData": HASH | {"serialNumber": "0d"}, "source": "CRL", "urls": ["http://a", "http://b"]},
    ]
}
ISO_2 = "urn:iso:15118:2:2013:MsgDef"
CONTRACT = {"iso15118SchemaVersion": ISO_2, "action": "Install", "exiRequest": "gJgC"}
MADE: dict[str, Any] = {"id": "d", "station": building.STATION, "reply_to": building.REPLY_TO}
VENDOR = "org.openchargealliance.iso15118pnc"


def status(**found: Any) -> CertificateStatusDecided:
    return CertificateStatusDecided(**MADE, found=(StatusFound(source="OCSP", name=NAME, **found),))


def contract(**found: Any) -> ContractCertificateDecided:
    return ContractCertificateDecided(**MADE, **found)


@pytest.mark.usecase("M06")
@pytest.mark.parametrize("version", V2X)
def test_the_certificate_and_its_responder_are_kept(version: OcppVersion) -> None:
    asked = building.record(version, "GetCertificateStatus", STATUS)

    assert isinstance(asked, CertificateStatusAsked)
    assert (asked.checks, asked.chain, asked.further) == (
        (StatusCheck(source="OCSP", urls=(URL,), name=NAME),),
        False,
        {},
    )


@pytest.mark.usecase("M06", "M06.FR.01", "M06.FR.02", "M06.FR.03", "M06.FR.08", "M06.FR.09")
@pytest.mark.parametrize("version", V2X)
def test_the_responders_answer_is_passed_on_as_it_came(version: OcppVersion) -> None:
    for verdict in ("Good", "Revoked", "Failed"):  # the status says that there is an answer, not what it says (M06)
        said = building.answered(version, "GetCertificateStatus", status(ocsp="MIIB", status=verdict))
        assert said == {"status": "Accepted", "ocspResult": "MIIB"}


@pytest.mark.usecase("M06", "M06.FR.04")
@pytest.mark.parametrize(("version", "longest"), [("2.0.1", LONGEST_OCSP_201), ("2.1", LONGEST_OCSP_21)])
def test_without_an_answer_that_fits_the_status_is_failed_with_the_reason(version: OcppVersion, longest: int) -> None:
    none = building.answered(version, "GetCertificateStatus", status(detail="it is away " + "x" * 600))
    assert none["status"] == "Failed"
    assert none["statusInfo"]["additionalInfo"].startswith("it is away")

    fits = building.answered(version, "GetCertificateStatus", status(ocsp="A" * longest))
    long = building.answered(version, "GetCertificateStatus", status(ocsp="A" * (longest + 1)))
    assert (fits["status"], long["status"]) == ("Accepted", "Failed")
    assert str(longest) in long["statusInfo"]["additionalInfo"]


@pytest.mark.usecase("M07", "M07.FR.08")
def test_each_certificate_of_a_chain_is_answered_at_its_place() -> None:
    asked = building.record("2.1", "GetCertificateChainStatus", CHAIN)
    assert isinstance(asked, CertificateStatusAsked)
    assert asked.chain
    assert [(each.source, each.urls) for each in asked.checks] == [("OCSP", (URL,)), ("CRL", ("http://a", "http://b"))]

    later = building.NOW + dt.timedelta(days=3)
    found = (
        StatusFound(source="OCSP", name=asked.checks[0].name, status="Good", next_update=later),
        StatusFound(name=asked.checks[1].name, source="CRL", status="Failed"),
    )
    said = building.answered("2.1", "GetCertificateChainStatus", CertificateStatusDecided(**MADE, found=found))

    assert [each["certificateHashData"]["serialNumber"] for each in said["certificateStatus"]] == ["0c", "0d"]
    assert [(each["source"], each["status"]) for each in said["certificateStatus"]] == [
        ("OCSP", "Good"),
        ("CRL", "Failed"),
    ]
    assert [each["nextUpdate"][:10] for each in said["certificateStatus"]] == ["2026-04-01", "2026-03-29"]


@pytest.mark.usecase("M01", "M02", "M01.FR.01", "M02.FR.01")
@pytest.mark.parametrize("version", V2X)
@pytest.mark.parametrize("action", ["Install", "Update"])
def test_the_message_of_the_ev_is_kept_as_it_came(version: OcppVersion, action: str) -> None:
    asked = building.record(version, "Get15118EVCertificate", CONTRACT | {"action": action})

    assert isinstance(asked, ContractCertificateAsked)
    assert (asked.schema_version, asked.action, asked.exi_request) == (ISO_2, action, "gJgC")
    assert (asked.maximum_chains, asked.prioritized_emaids, asked.further) == (None, (), {})


@pytest.mark.usecase("M01", "M01.FR.03", "M01.FR.04")
def test_an_ev_of_iso_15118_20_takes_several_contracts() -> None:
    several = {"maximumContractCertificateChains": 3, "prioritizedEMAIDs": ["DE-ABC-1"]}
    asked = building.record("2.1", "Get15118EVCertificate", CONTRACT | several)

    assert isinstance(asked, ContractCertificateAsked)
    assert (asked.maximum_chains, asked.prioritized_emaids) == (3, ("DE-ABC-1",))
    said = building.answered("2.1", "Get15118EVCertificate", contract(exi_response="gJgC", remaining=2))
    assert said == {"status": "Accepted", "exiResponse": "gJgC", "remainingContracts": 2}


@pytest.mark.usecase("M01", "M02")
def test_a_contract_that_is_not_there_or_too_long_for_the_version_has_failed() -> None:
    for version in V2X:
        none = building.answered(version, "Get15118EVCertificate", contract(detail="no contract"))
        assert (none["status"], none["exiResponse"]) == ("Failed", "")
        assert none["statusInfo"]["additionalInfo"] == "no contract"
    long = contract(exi_response="A" * (LONGEST_EXI_201 + 4))
    assert building.answered("2.0.1", "Get15118EVCertificate", long)["status"] == "Failed"
    assert building.answered("2.1", "Get15118EVCertificate", long)["status"] == "Accepted"


@pytest.mark.usecase("M01", "M02", "M06", "M06.FR.04", "M07", "M07.FR.02", "M07.FR.05")
@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        ("2.0.1", "GetCertificateStatus", STATUS),
        ("2.1", "GetCertificateChainStatus", CHAIN),
        ("2.1", "Get15118EVCertificate", CONTRACT),
    ],
)
def test_who_is_not_answered_in_time_is_told_failed(version: OcppVersion, action: str, payload: Any) -> None:
    received = building.received(version, action, payload)

    assert received.answer is Answer.DECIDED
    assert isinstance(received.fallback, bytes)
    said = building.well_formed(version, action, "response", received.fallback)
    words = [each["status"] for each in said.get("certificateStatus", [said])]
    assert set(words) == {"Failed"}


@pytest.mark.parametrize("action", ["GetCertificateStatus", "GetCertificateChainStatus"])
def test_hash_data_with_members_missing_is_no_reason_to_lose_the_message(action: str) -> None:
    broken = {"certificateStatusRequests": [{"source": "OCSP", "urls": [URL], "certificateHashData": {}}]}
    if action == "GetCertificateStatus":
        assert building.refusal_of("2.1", action, {"ocspRequestData": {"responderURL": URL}})
    else:
        assert building.received("2.1", action, broken).records


@pytest.mark.usecase("1.6:PnC")
@pytest.mark.parametrize(
    ("message", "payload", "decision", "inner"),
    [
        ("GetCertificateStatus", STATUS, status(ocsp="MIIB"), {"status": "Accepted", "ocspResult": "MIIB"}),
        (
            "Get15118EVCertificate",
            CONTRACT,
            contract(exi_response="gJgC"),
            {"status": "Accepted", "exiResponse": "gJgC"},
        ),
    ],
)
def test_1_6_has_the_messages_inside_data_transfer(message: str, payload: Any, decision: Any, inner: Any) -> None:
    call = {"vendorId": VENDOR, "messageId": message, "data": json.dumps(payload)}

    received = building.received("1.6", "DataTransfer", call)

    assert received.answer is Answer.DECIDED
    assert isinstance(received.records[0], CertificateStatusAsked | ContractCertificateAsked)
    assert isinstance(received.fallback, bytes)
    late = building.well_formed("1.6", "DataTransfer", "response", received.fallback)
    assert (late["status"], json.loads(late["data"])["status"]) == ("Accepted", "Failed")
    said = building.answered("1.6", "DataTransfer", decision)
    assert (said["status"], json.loads(said["data"])) == ("Accepted", inner)


def test_what_is_no_such_message_inside_data_transfer_is_rejected_or_left_to_the_vendors() -> None:
    broken = {"vendorId": VENDOR, "messageId": "GetCertificateStatus", "data": '{"ocspRequestData": 7}'}
    received = building.received("1.6", "DataTransfer", broken)
    assert (received.answer, received.result) == (Answer.STORED, b'{"status":"Rejected"}')

    other = building.received("1.6", "DataTransfer", {"vendorId": VENDOR, "messageId": "Another", "data": "{}"})
    assert json.loads(other.result) == {"status": "UnknownVendorId"}  # type: ignore[arg-type]
