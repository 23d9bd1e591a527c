"""Signing: requests are decided and ordered once, certificates are followed to their end, whatever is read twice or late (A02, A03)."""

import msgspec
import pytest

from schemas.base import Due, Poison
from schemas.commands import CommandSettled
from schemas.facts import FactReported
from schemas.signing import CertificateSigned, SigningDecided, SigningOrdered
from schemas.stations import REF_STATIONS, StationRemoved
from services.certificates.changing import MOST
from services.certificates.checking import Policy
from services.certificates.signing import initial, step
from tests.services.certificates.asking import (
    CHAIN,
    DAY_S,
    PLAIN,
    STATION,
    Asker,
    announced,
    asked,
    csr,
    failed,
    issued,
    revocation,
    settled,
)
from tests.services.moments import at


def test_a_request_is_accepted_and_ordered() -> None:
    station = Asker(asked())

    decision, order = (
        next(one for one in station.outputs if isinstance(one, kind)) for kind in (SigningDecided, SigningOrdered)
    )
    assert decision.accepted
    assert decision.reply_to == asked().reply_to
    assert (order.authority, order.common_name, order.organization) == ("stations", STATION, "Elbtal")
    assert order.expires_at == at(PLAIN.answer_s)
    assert station.statuses == ["ordered"]


def test_a_certificate_is_sent_to_its_station_and_installed() -> None:
    station = Asker()
    command = station.comes_with()

    assert command.command == CertificateSigned(
        certificate_chain=CHAIN, certificate_type="ChargingStationCertificate", request_id=None
    )
    station.reads(settled(command))
    (one,) = station.certificates.values()
    assert (one.status, one.serial_number, one.installed_at) == ("installed", "1f", at(2))


def test_what_the_station_named_goes_back_with_its_certificate() -> None:
    """A02.FR.14, A02.FR.25: the type and the number of the request; no type where none was named."""
    station = Asker(asked(request_id=7, use=None))
    station.reads(issued(station.orders[0].id))

    command = station.commands[0].command
    assert isinstance(command, CertificateSigned)
    assert (command.request_id, command.certificate_type) == (7, None)


def test_a_request_that_cannot_be_signed_is_refused_with_the_reason_and_kept() -> None:
    """A02.FR.12."""
    station = Asker(asked(csr="nothing"))

    (decision,) = (one for one in station.outputs if isinstance(one, SigningDecided))
    assert (decision.accepted, decision.reason_code) == (False, "InvalidCSR")
    assert station.statuses == ["refused"]
    assert not station.orders


def test_without_an_authority_every_request_is_refused() -> None:
    station = Asker(asked(), authorities=())

    assert station.answers == [False]
    assert "No authority" in next(iter(station.certificates.values())).detail


def test_the_same_message_read_again_gets_the_same_answer_and_no_second_order() -> None:
    station = Asker(asked())
    before = station.state

    (again,) = station.reads(asked())

    assert isinstance(again, SigningDecided)
    assert again.accepted
    assert station.state == before


def test_a_refused_message_read_again_is_refused_again() -> None:
    station = Asker(asked(csr="nothing"))
    before = station.state

    (again,) = station.reads(asked(csr="nothing"))

    assert isinstance(again, SigningDecided)
    assert not again.accepted
    assert station.state == before


def test_a_station_that_asks_again_with_the_same_request_is_not_given_a_second_certificate() -> None:
    """A02.FR.17: it asks again where it got no certificate in time."""
    station = Asker(asked(), asked(seconds=30))

    assert station.answers == [True, True]
    assert len(station.orders) == 1


def test_a_station_that_asks_again_with_the_same_request_is_sent_its_certificate_again() -> None:
    station = Asker()
    first = station.comes_with()
    station.reads(settled(first, "timed_out"))

    station.reads(asked(seconds=30))
    station.comes_to(31)

    assert len(station.orders) == 1
    assert [one.command for one in station.commands] == [first.command, first.command]
    assert station.commands[1].id != first.id


def test_a_new_request_voids_the_one_before() -> None:
    station = Asker(asked(), asked(1, seconds=10))
    late = station.reads(issued(station.orders[0].id, seconds=11))

    assert station.statuses == ["superseded", "ordered"]
    assert not [one for one in late if isinstance(one, CommandSettled)]
    assert not station.commands


def test_an_authority_that_refuses_ends_the_request_with_its_word() -> None:
    station = Asker(asked())
    station.reads(failed(station.orders[0].id, detail="no such customer"))

    (one,) = station.certificates.values()
    assert (one.status, one.detail) == ("failed", "no such customer")


def test_an_order_that_nobody_answers_fails_in_the_end_and_a_late_certificate_is_sent_all_the_same() -> None:
    station = Asker(asked())
    station.comes_to(PLAIN.answer_s + 301)
    assert station.statuses == ["failed"]

    station.reads(issued(station.orders[0].id, seconds=500))

    assert station.statuses == ["issued"]
    assert len(station.commands) == 1


def test_a_second_certificate_for_one_order_is_kept_and_not_sent() -> None:
    station = Asker()
    station.comes_with()
    station.reads(issued(station.orders[0].id, serial="2f"))

    assert station.statuses == ["issued", "unused"]
    assert len(station.commands) == 1


def test_a_certificate_of_an_unknown_order_is_kept_so_that_it_can_be_revoked() -> None:
    station = Asker(issued("nobody's"))

    (one,) = station.certificates.values()
    assert (one.status, one.fingerprint) == ("unused", "ab1f")


def test_a_certificate_read_again_changes_nothing() -> None:
    station = Asker()
    station.comes_with()
    before = station.state

    assert station.reads(issued(station.orders[0].id)) == []
    assert station.state == before


def test_a_newer_certificate_supersedes_the_one_before() -> None:
    station = Asker()
    station.takes()
    station.takes(number=1, seconds=100, serial="2f")

    assert station.statuses == ["superseded", "installed"]


def test_certificates_of_other_uses_stay() -> None:
    authorities = (announced(), announced("v2g", uses=("V2GCertificate",)))
    station = Asker(authorities=authorities)
    station.takes()
    station.reads(asked(1, seconds=50, use="V2GCertificate", csr=csr("SECC-1", number=1)))
    station.reads(issued(station.orders[-1].id, seconds=51, serial="2f"))
    station.reads(settled(station.commands[-1], seconds=52))

    assert station.orders[-1].authority == "v2g"
    assert station.statuses == ["installed", "installed"]


def test_a_station_that_asks_too_often_is_not_looked_at() -> None:
    station = Asker(policy=Policy(organization="Elbtal", per_day=3))
    for n in range(5):
        station.reads(asked(n, seconds=n * 60))

    assert station.answers == [True, True, True, False, False]
    assert len(station.certificates) == 3

    station.reads(asked(9, seconds=DAY_S + 200))
    assert station.answers[-1] is True


def test_a_revoked_certificate_is_known_as_revoked() -> None:
    station = Asker()
    station.takes()
    assert station.due > at(100)
    station.references["csms.ref.certificate-revocations"]["ab1f"] = revocation("ab1f")

    station.comes_to(11)

    (one,) = station.certificates.values()
    assert (one.status, one.detail, one.ended_at) == ("revoked", "keyCompromise", at(10))


def test_a_certificate_expires() -> None:
    station = Asker(policy=Policy(organization="Elbtal", renewal_days=0))
    station.takes(days=3)
    station.comes_to(3 * DAY_S + 2)

    assert station.statuses == ["expired"]


def test_what_has_ended_is_forgotten_after_a_while() -> None:
    station = Asker(asked(csr="nothing"))
    station.comes_to(31 * DAY_S)

    assert station.state.wanted == ()
    assert station.due is None


def test_a_station_has_so_many_certificates_at_most() -> None:
    station = Asker(policy=Policy(organization="Elbtal", per_day=1000))
    for n in range(MOST + 10):
        station.reads(asked(seconds=n, csr="nothing"))

    assert len(station.state.wanted) == MOST
    assert station.state.wanted[-1].asked_at == at(MOST + 9)


def test_facts_and_outcomes_of_others_are_none_of_its_business() -> None:
    station = Asker()
    fact = FactReported(
        id="f", station=STATION, noun="certificates", version="2.0.1", action="GetCertificateStatus",
        payload=msgspec.Raw(b"{}"), received_at=at(0),
    )  # fmt: skip
    other = CommandSettled(
        id="s", command_id="c", station=STATION, command="Reset", outcome="accepted", settled_at=at(1)
    )

    assert station.reads(fact) == station.reads(other) == []
    assert station.state == initial(STATION)


def test_a_record_of_another_noun_is_poison() -> None:
    with pytest.raises(Poison):
        step(initial(STATION), CHAIN, references=Asker().references)  # type: ignore[arg-type]


def test_a_due_while_nothing_is_due_changes_nothing() -> None:
    station = Asker()
    station.takes()
    before = station.state

    assert station.reads(Due(key=STATION, at=at(5), sent_at=at(5))) == []
    assert station.state == before


def test_a_station_that_was_removed_has_nothing_signed() -> None:
    station = Asker()
    station.references[REF_STATIONS.name][STATION] = StationRemoved(station=STATION, removed_at=at(0))

    station.reads(asked(seconds=5))

    assert station.answers == [False]
