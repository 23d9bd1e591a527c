"""Authorization: what stations ask and what they are told."""

import datetime as dt
import json
from typing import get_args

import pytest

from gateway.ocpp.translate import Answer, Refusal
from schemas.authorization import (
    AuthorizationDecided,
    AuthorizationRequested,
    AuthorizationStatus,
    CertificateHash,
    ContractCertificate,
    ContractPresented,
    IdToken,
)
from tests.gateway.ocpp.building import NOW, REPLY_TO, STATION, V2X, VERSIONS, answered, received, record

AUTHORIZE = {
    "1.6": {"idTag": "04a2b3"},
    "2.0.1": {"idToken": {"idToken": "04a2b3", "type": "ISO14443"}},
    "2.1": {"idToken": {"idToken": "04a2b3", "type": "ISO14443"}},
}
STATUSES = get_args(AuthorizationStatus)
OF_16 = {"Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"}


def decided(**override):
    return AuthorizationDecided(
        **{"id": "d", "station": STATION, "reply_to": REPLY_TO, "status": "Accepted"} | override
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_token_is_asked_about_by_its_key_and_kept_as_it_was_shown(version):
    asked = record(version, "Authorize", AUTHORIZE[version])

    assert (asked.token, asked.id_token.value) == ("04A2B3", "04a2b3")
    assert (asked.station, asked.reply_to, asked.received_at) == (STATION, REPLY_TO, NOW)
    assert (asked.session, asked.transaction_id) == ("", "")


def test_a_2x_token_has_a_type_and_a_1_6_token_none():
    assert record("1.6", "Authorize", AUTHORIZE["1.6"]).id_token == IdToken(value="04a2b3")
    assert record("2.1", "Authorize", AUTHORIZE["2.1"]).id_token == IdToken(value="04a2b3", type="ISO14443")


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_decision_nobody_is_let_in_and_the_station_may_ask_again(version):
    got = received(version, "Authorize", AUTHORIZE[version])

    assert got.answer is Answer.DECIDED
    assert isinstance(got.fallback, Refusal)
    assert got.fallback.code == "InternalError"


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_can_be_told_in_every_version(status):
    told = answered("1.6", "Authorize", decided(status=status))["idTagInfo"]["status"]
    assert told == status if status in OF_16 else told in {"Blocked", "Invalid"}
    for version in V2X:
        assert answered(version, "Authorize", decided(status=status)) == {"idTokenInfo": {"status": status}}


def test_expiry_and_group_are_told():
    decision = decided(expires_at=dt.datetime(2027, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), group="FLEET")

    assert answered("1.6", "Authorize", decision)["idTagInfo"] == {
        "status": "Accepted",
        "expiryDate": "2027-01-01T00:00:00.000Z",
        "parentIdTag": "FLEET",
    }
    for version in V2X:
        assert answered(version, "Authorize", decision)["idTokenInfo"] == {
            "status": "Accepted",
            "cacheExpiryDateTime": "2027-01-01T00:00:00.000Z",
            "groupIdToken": {"idToken": "FLEET", "type": "Central"},
        }


def test_a_group_that_1_6_has_no_room_for_is_left_out_and_never_cut():
    assert answered("1.6", "Authorize", decided(group="x" * 21)) == {"idTagInfo": {"status": "Accepted"}}


@pytest.mark.usecase("C01", "C01.FR.20")
def test_a_2x_station_is_told_evses_languages_message_and_priority():
    decision = decided(
        evses=(1, 2), languages=("de", "en"), message="Hallo", priority=2, group="FLEET", cache_until=NOW
    )

    for version in V2X:
        told = answered(version, "Authorize", decision)["idTokenInfo"]
        assert len(told) == 8
        assert (told["evseId"], told["language1"], told["language2"], told["chargingPriority"]) == (
            [1, 2],
            "de",
            "en",
            2,
        )
        assert told["personalMessage"] == {"format": "UTF8", "language": "de", "content": "Hallo"}


@pytest.mark.usecase("C10", "C17.FR.01")
def test_an_answer_that_is_not_to_be_kept_expires_now_and_in_1_6_in_a_minute():
    decision = decided(cache_until=NOW, expires_at=NOW + dt.timedelta(days=1))

    for version in V2X:
        assert (
            answered(version, "Authorize", decision)["idTokenInfo"]["cacheExpiryDateTime"] == "2026-03-29T00:59:59.123Z"
        )
    assert answered("1.6", "Authorize", decision)["idTagInfo"]["expiryDate"] == "2026-03-29T01:00:59.123Z"


def test_a_1_6_station_is_told_the_end_of_the_token_itself_even_if_it_has_passed():
    over = NOW - dt.timedelta(days=1)

    told = answered("1.6", "Authorize", decided(status="Expired", cache_until=over, expires_at=over))["idTagInfo"]
    assert told == {"expiryDate": "2026-03-28T00:59:59.123Z", "status": "Expired"}


HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "1f",
    "responderURL": "http://ocsp.example",
}


@pytest.mark.usecase("C07")
@pytest.mark.parametrize("version", V2X)
def test_what_a_station_says_of_a_contract_certificate_is_carried(version):
    payload = {**AUTHORIZE[version], "certificate": "PEM", "iso15118CertificateHashData": [HASH]}

    asked = record(version, "Authorize", payload)
    hashes = CertificateHash(
        hash_algorithm="SHA256",
        issuer_name_hash="aa",
        issuer_key_hash="bb",
        serial_number="1f",
        responder_url="http://ocsp.example",
    )
    assert isinstance(asked, ContractPresented), "it is judged before the token is"
    assert asked.certificate == ContractCertificate(hashes=(hashes,), chain="PEM")
    assert asked.further == {}
    assert isinstance(record(version, "Authorize", AUTHORIZE[version]), AuthorizationRequested)


@pytest.mark.usecase("C07", "C07.FR.04", "C07.FR.17")
@pytest.mark.parametrize("version", V2X)
def test_a_contract_of_which_nobody_decides_in_time_is_answered_all_the_same(version):
    payload = {**AUTHORIZE[version], "certificate": "PEM"}

    told = json.loads(received(version, "Authorize", payload).fallback)
    assert told["certificateStatus"] == "CertChainError"
    assert told["idTokenInfo"]["status"] == "Invalid"
    assert told["idTokenInfo"]["cacheExpiryDateTime"], "it is not remembered"
    assert isinstance(received(version, "Authorize", AUTHORIZE[version]).fallback, Refusal)


@pytest.mark.usecase("C07")
def test_all_spellings_of_a_contract_are_one_token():
    payload = {"idToken": {"idToken": "de-8aa-C12345678-d", "type": "eMAID"}, "certificate": "PEM"}

    for version in V2X:
        asked = record(version, "Authorize", payload)
        assert (asked.token, asked.id_token.value) == ("DE8AAC12345678", "de-8aa-C12345678-d")


@pytest.mark.usecase("C07", "C07.FR.17")
def test_what_is_said_of_a_certificate_is_told_in_2x():
    for version in V2X:
        told = answered(version, "Authorize", decided(status="Invalid", certificate_status="CertChainError"))
        assert told == {"certificateStatus": "CertChainError", "idTokenInfo": {"status": "Invalid"}}
