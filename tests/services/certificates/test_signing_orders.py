"""Any order between topics, any repetition: a station's certificates must not depend on how often a record is read, nor be lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.commands import CommandSettled
from schemas.signing import CertificateSigned
from services.certificates.changing import MOST
from services.certificates.checking import Policy
from tests.services.certificates.asking import Asker, asked, event, failed, issued, revocation, settled
from tests.services.moments import at

UNTIMED = settings(deadline=None)
OPEN = Policy(organization="Elbtal", per_day=1_000, renewal_days=30, spread_days=10)
OUTCOMES = st.sampled_from(["accepted", "accepted", "rejected", "timed_out", "disconnected", "expired"])
EVENTS = st.sampled_from(["InvalidChargingStationCertificate", "DiscardedRenewedClientCertificate", "ResetOrReboot"])


def lived(draw: st.DrawFn) -> tuple[Asker, list[object]]:
    """A station that asked, was answered and reported in some order, with every record that it read."""
    station, read, seconds = Asker(policy=OPEN), list[object](), 0
    for n in range(draw(st.integers(1, 12))):
        seconds += draw(st.integers(1, 20_000))
        orders = [one.id for one in station.orders]
        sent = [one for one in station.commands if isinstance(one.command, CertificateSigned)]
        kinds = ["ask", "bad", "event", *(["issue", "fail"] if orders else []), *(["answer"] if sent else [])]
        match draw(st.sampled_from(kinds)):
            case "ask":
                record = asked(draw(st.integers(0, 2)), seconds=seconds, id=f"a{n}")
            case "bad":
                record = asked(seconds=seconds, id=f"a{n}", csr="nothing")
            case "issue":
                record = issued(draw(st.sampled_from(orders)), seconds=seconds, serial=format(n + 1, "x"))
            case "fail":
                record = failed(draw(st.sampled_from(orders)), seconds=seconds)
            case "answer":
                record = settled(draw(st.sampled_from(sent)), draw(OUTCOMES), seconds=seconds)
            case _:
                record = event(draw(EVENTS), seconds=seconds)
        station.reads(record)
        read.append(record)
        if draw(st.booleans()):
            station.comes_to(seconds)
    return station, read


stations = st.composite(lived)()


@UNTIMED
@given(stations)
def test_the_newest_record_read_again_changes_nothing(lived: tuple[Asker, list[object]]) -> None:
    station, read = lived
    station.reads(read[-1])  # type: ignore[arg-type]
    before = station.state

    outputs = station.reads(read[-1])  # type: ignore[arg-type]

    assert station.state == before
    assert not [one for one in outputs if isinstance(one, CommandSettled)]


@UNTIMED
@given(stations)
def test_of_each_use_one_certificate_is_installed_at_most(lived: tuple[Asker, list[object]]) -> None:
    station, _ = lived

    assert [one.status for one in station.state.wanted].count("installed") <= 1
    assert len(station.state.wanted) <= MOST


@UNTIMED
@given(stations)
def test_every_certificate_that_was_made_is_known_and_can_be_revoked(lived: tuple[Asker, list[object]]) -> None:
    station, read = lived
    made = {one.fingerprint for one in read if hasattr(one, "fingerprint")}
    assert made == {one.fingerprint for one in station.certificates.values() if one.fingerprint}

    for fingerprint in made:
        station.references["csms.ref.certificate-revocations"][fingerprint] = revocation(fingerprint, seconds=0)
    station.comes_to(400_000)

    assert {one.status for one in station.certificates.values() if one.fingerprint} <= {"revoked"}


@UNTIMED
@given(stations)
def test_time_brings_everything_to_an_end(lived: tuple[Asker, list[object]]) -> None:
    station, _ = lived

    station.comes_to(200 * 86_400)

    assert station.state.wanted == ()
    assert station.due is None


@UNTIMED
@given(stations)
def test_snapshots_count_up_and_the_newest_is_the_state(lived: tuple[Asker, list[object]]) -> None:
    station, _ = lived

    newest = {name: one.status for name, one in station.certificates.items()}
    assert {one.id: one.status for one in station.state.wanted}.items() <= newest.items()
    assert all(one.changed_at >= at(0) for one in station.certificates.values())
