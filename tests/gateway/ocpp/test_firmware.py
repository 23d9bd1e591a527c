"""Firmware: one command for every version, signed or not, and statuses as records of the noun."""

import datetime as dt
import json

import msgspec
import pytest

from gateway.ocpp.firmware import request_id
from gateway.ocpp.translate import Answer, OutboundCall, Unsupported, to_call, to_outcome
from schemas.base import OcppVersion
from schemas.firmware import PublishFirmware, UnpublishFirmware, UpdateFirmware
from schemas.reports import request_id_of
from schemas.routing import route
from tests.gateway.ocpp.building import NOW, STATION, V2X, VERSIONS, not_sent, received, record, sent

URL = "https://example.com/wallbox-2.5.0.bin"
AT = "2026-03-29T00:59:59.123Z"
LATER = NOW + dt.timedelta(hours=3)


def update(**override):
    return UpdateFirmware(**{"location": URL, "retrieve_at": NOW} | override)


SIGNED = {"signing_certificate": "-----BEGIN CERTIFICATE-----", "signature": "c2lnbmVk"}


class TestUpdates:
    def test_1_6_has_a_place_and_a_time(self):
        assert sent("1.6", update()) == ("UpdateFirmware", {"location": URL, "retrieveDate": AT})

    def test_1_6_takes_retries(self):
        assert sent("1.6", update(retries=3, retry_interval_s=60)) == (
            "UpdateFirmware",
            {"location": URL, "retries": 3, "retrieveDate": AT, "retryInterval": 60},
        )

    def test_1_6_cannot_time_an_unsigned_installation(self):
        assert isinstance(not_sent("1.6", update(install_at=LATER)), Unsupported)

    @pytest.mark.usecase("1.6:L01")
    def test_1_6_signed_is_the_security_extensions_own_message(self):
        action, payload = sent("1.6", update(request_id=7, install_at=LATER, **SIGNED))

        assert action == "SignedUpdateFirmware"
        assert payload["requestId"] == 7
        assert payload["firmware"] == {
            "location": URL,
            "retrieveDateTime": AT,
            "installDateTime": "2026-03-29T03:59:59.123Z",
            "signingCertificate": SIGNED["signing_certificate"],
            "signature": SIGNED["signature"],
        }

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.parametrize("signed", [{}, SIGNED])
    @pytest.mark.usecase("L01", "L02")
    def test_2x_has_one_message_for_both(self, version, signed):
        action, payload = sent(version, update(request_id=7, **signed))

        assert action == "UpdateFirmware"
        assert payload["requestId"] == 7
        assert ("signature" in payload["firmware"]) == bool(signed)

    @pytest.mark.parametrize("version", V2X)
    def test_a_caller_without_a_number_gets_one_that_a_repeat_has_too(self, version):
        assert sent(version, update(), "c1")[1]["requestId"] == sent(version, update(), "c1")[1]["requestId"]
        assert sent(version, update(), "c1")[1]["requestId"] != sent(version, update(), "c2")[1]["requestId"]
        assert 0 < request_id("c1") < 2**31


class TestAnswers:
    def test_1_6_has_no_status_so_any_answer_takes_the_update(self):
        assert to_outcome("1.6", update(), b"{}").outcome == "accepted"

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize(
        ("status", "outcome", "remark"),
        [
            ("Accepted", "accepted", ""),
            ("AcceptedCanceled", "accepted", "AcceptedCanceled"),
            ("Rejected", "rejected", ""),
            ("InvalidCertificate", "rejected", "InvalidCertificate"),
            ("RevokedCertificate", "rejected", "RevokedCertificate"),
        ],
    )
    def test_a_status_says_whether_the_update_was_taken(self, version, status, outcome, remark):
        answered = to_outcome(version, update(**SIGNED), json.dumps({"status": status}).encode())

        assert (answered.outcome, answered.error_description) == (outcome, remark)

    @pytest.mark.parametrize("version", V2X)
    def test_an_answer_without_a_status_is_a_rejection(self, version):
        assert to_outcome(version, update(), b"{}").outcome == "rejected"


class TestProgress:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_status_is_kept_before_it_is_answered(self, version):
        got = received(version, "FirmwareStatusNotification", {"status": "Downloading"})

        assert (got.answer, got.result) == (Answer.STORED, b"{}")
        (said,) = got.records
        assert (said.station, said.status, said.request_id, said.received_at) == (STATION, "Downloading", None, NOW)
        assert (route(said).topic, route(said).key) == ("csms.firmware", STATION.encode())

    @pytest.mark.parametrize(
        ("version", "action"),
        [
            ("1.6", "SignedFirmwareStatusNotification"),
            ("2.0.1", "FirmwareStatusNotification"),
            ("2.1", "FirmwareStatusNotification"),
        ],
    )
    def test_a_numbered_status_tells_of_its_update(self, version, action):
        assert record(version, action, {"status": "InvalidSignature", "requestId": 7}).request_id == 7

    def test_2_1_says_more(self):
        info = {"reasonCode": "NoSpace", "additionalInfo": "12 MB free"}

        assert (
            record("2.1", "FirmwareStatusNotification", {"status": "DownloadFailed", "statusInfo": info}).detail
            == "NoSpace: 12 MB free"
        )

    @pytest.mark.parametrize("version", V2X)
    def test_what_local_controllers_publish_stays_a_fact_of_the_noun(self, version):
        said = record(version, "PublishFirmwareStatusNotification", {"status": "Idle"})

        assert (said.noun, route(said).topic) == ("firmware", "csms.firmware")


@pytest.mark.usecase("L03", "TC_L_17_CSMS")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_local_controller_is_told_what_to_publish_and_1_6_has_none(version: OcppVersion) -> None:
    command = PublishFirmware(
        location="https://x.example/fw.bin", checksum="9e107d9d372bb6826bd81d3542a419d6", retries=2
    )

    call = to_call(version, command, "c1")

    assert isinstance(call, OutboundCall)
    assert (call.action, msgspec.json.decode(call.payload)) == (
        "PublishFirmware",
        {
            "location": "https://x.example/fw.bin",
            "retries": 2,
            "checksum": "9e107d9d372bb6826bd81d3542a419d6",
            "requestId": request_id_of("c1"),
        },
    )
    assert isinstance(to_call("1.6", command, "c1"), Unsupported)


@pytest.mark.usecase("L04", "TC_L_21_CSMS", "TC_L_22_CSMS", "TC_L_23_CSMS")
@pytest.mark.parametrize(
    ("word", "outcome"),
    [("Unpublished", "accepted"), ("NoFirmware", "accepted"), ("DownloadOngoing", "rejected")],
)
def test_what_a_controller_says_of_unpublishing_is_told_apart(word: str, outcome: str) -> None:
    command = UnpublishFirmware(checksum="9e107d9d372bb6826bd81d3542a419d6")

    answer = to_outcome("2.0.1", command, f'{{"status":"{word}"}}'.encode())

    assert (answer.outcome, answer.error_description) == (outcome, word)
