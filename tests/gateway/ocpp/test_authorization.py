"""Authorization: what stations ask and what they are told."""

import datetime as dt

import pytest

from gateway.ocpp.translate import Answer, Refusal
from schemas.authorization import AuthorizationDecided, IdToken
from tests.gateway.ocpp.building import NOW, REPLY_TO, STATION, V2X, VERSIONS, answered, received, record

AUTHORIZE = {
    "1.6": {"idTag": "04a2b3"},
    "2.0.1": {"idToken": {"idToken": "04a2b3", "type": "ISO14443"}},
    "2.1": {"idToken": {"idToken": "04a2b3", "type": "ISO14443"}},
}
STATUSES = ["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]


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
    assert answered("1.6", "Authorize", decided(status=status)) == {"idTagInfo": {"status": status}}
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
