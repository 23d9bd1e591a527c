"""Reservations: one command for every version, its cancellation, and what 2.x stations report of the end."""

import pytest

from gateway.ocpp.translate import Invalid, Unsupported, to_outcome
from schemas.facts import FactReported
from schemas.reservations import CancelReservation, ReserveNow, reservation_id_of
from schemas.routing import route
from tests.gateway.ocpp.building import NOW, STATION, V2X, VERSIONS, not_sent, received, record, sent

AT = "2026-03-29T00:59:59.123Z"


def reserve(**override):
    return ReserveNow(**{"token": "04A2B3C4D5", "expires_at": NOW, "reservation_id": 7} | override)


class TestReserveNow:
    def test_1_6_has_a_connector_a_tag_and_a_time(self):
        assert sent("1.6", reserve(evse=2, group="VANS")) == (
            "ReserveNow",
            {"connectorId": 2, "expiryDate": AT, "idTag": "04A2B3C4D5", "parentIdTag": "VANS", "reservationId": 7},
        )

    def test_1_6_has_connector_0_for_any(self):
        assert sent("1.6", reserve())[1]["connectorId"] == 0

    def test_1_6_reserves_no_connector_type(self):
        assert isinstance(not_sent("1.6", reserve(connector_type="cCCS2")), Unsupported)

    def test_1_6_takes_no_tag_of_more_than_20_characters(self):
        refused = not_sent("1.6", reserve(token="X" * 21))

        assert isinstance(refused, Invalid)
        assert "idTag" in refused.description

    @pytest.mark.parametrize("version", V2X)
    def test_2x_has_a_token_with_its_type_and_a_group_of_the_csms(self, version):
        assert sent(version, reserve(evse=2, group="VANS")) == (
            "ReserveNow",
            {
                "id": 7,
                "expiryDateTime": AT,
                "idToken": {"idToken": "04A2B3C4D5", "type": "ISO14443"},
                "evseId": 2,
                "groupIdToken": {"idToken": "VANS", "type": "Central"},
            },
        )

    @pytest.mark.parametrize("version", V2X)
    def test_2x_reserves_any_evse_or_one_with_a_connector_type(self, version):
        assert "evseId" not in sent(version, reserve())[1]
        assert sent(version, reserve(connector_type="cCCS2"))[1]["connectorType"] == "cCCS2"

    def test_2_0_1_knows_its_connector_types_alone(self):
        assert isinstance(not_sent("2.0.1", reserve(connector_type="cChaoJi")), Invalid)
        assert sent("2.1", reserve(connector_type="cChaoJi"))[1]["connectorType"] == "cChaoJi"

    @pytest.mark.parametrize("version", VERSIONS)
    def test_without_a_number_it_is_that_of_the_command(self, version):
        first, again = (sent(version, reserve(reservation_id=None), "c1")[1] for _ in range(2))

        assert first == again
        assert reservation_id_of("c1") in (first.get("id"), first.get("reservationId"))

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("word", ["Faulted", "Occupied", "Unavailable"])
    def test_a_refusal_is_told_by_the_stations_word(self, version, word):
        told = to_outcome(version, reserve(), b'{"status":"%s"}' % word.encode())

        assert (told.outcome, told.error_description) == ("rejected", word)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_accepted_and_rejected_are_just_that(self, version):
        words = [to_outcome(version, reserve(), b'{"status":"%s"}' % word) for word in (b"Accepted", b"Rejected")]

        assert [(told.outcome, told.error_description) for told in words] == [("accepted", ""), ("rejected", "")]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_reservation_is_cancelled_by_its_number_in_every_version(version):
    command = CancelReservation(reservation_id=7)

    assert sent(version, command) == ("CancelReservation", {"reservationId": 7})
    assert to_outcome(version, command, b'{"status":"Rejected"}').outcome == "rejected"


class TestReservationStatusUpdate:
    @pytest.mark.parametrize(
        ("version", "word"),
        [(version, word) for version in V2X for word in ("Expired", "Removed")] + [("2.1", "NoTransaction")],
    )
    def test_the_end_of_a_reservation_is_a_record_of_its_topic(self, version, word):
        told = record(version, "ReservationStatusUpdate", {"reservationId": 7, "reservationUpdateStatus": word})

        assert (told.station, told.reservation_id, told.status) == (STATION, 7, word)
        assert route(told).topic == "csms.reservations"

    def test_a_word_that_2_0_1_does_not_have_is_read_all_the_same(self):
        told = received("2.0.1", "ReservationStatusUpdate", {"reservationId": 7, "reservationUpdateStatus": "Expired"})

        assert told.result == b"{}"

    def test_1_6_stations_send_none(self):
        payload = {"reservationId": 7, "reservationUpdateStatus": "Expired"}

        with pytest.raises(AssertionError):
            record("1.6", "ReservationStatusUpdate", payload)

    def test_a_word_of_a_vendor_is_kept_as_it_came(self):
        told = record("2.1", "ReservationStatusUpdate", {"reservationId": 7, "reservationUpdateStatus": "Evaporated"})

        assert isinstance(told, FactReported)
        assert route(told).topic == "csms.reservations"
