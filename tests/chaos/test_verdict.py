"""The verdict itself: it must see each kind of loss, or no chaos test means anything."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from loadtest.proof.ledger import Entry
from schemas.base import derived_id
from schemas.billing import CdrIssued, Costs
from schemas.commands import CommandSettled
from schemas.firmware import UpdateChanged, UpdateState
from schemas.tariffs import Price
from schemas.transactions import MeterValuesRecorded, Reading, SessionChanged
from tests.chaos import verdict

BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENTRY = Entry(
    station="S", transaction_id="T", state="ended", started_at=BEGUN, meter_start_wh=100, meter_stop_wh=350, facts=3
)


def change(revision: int, **but: Any) -> SessionChanged:
    usual = SessionChanged(
        id=f"c{revision}", session="s", station="S", revision=revision, transaction_id="T",
        status="ended" if revision == 3 else "active", started_at=BEGUN,
        changed_at=BEGUN + timedelta(seconds=revision),
        energy_wh=Decimal(250) if revision == 3 else None,
    )  # fmt: skip
    return replace(usual, **but)


WHOLE = [change(1), change(2), change(3)]


def readings(*numbers: int, session: str = "s") -> list[MeterValuesRecorded]:
    return [
        MeterValuesRecorded(
            id=str(number), station="S", session=session, transaction_id="T", received_at=BEGUN,
            readings=(reading(BEGUN + timedelta(seconds=10 * number)),),
        )
        for number in numbers
    ]  # fmt: skip


def reading(at: datetime) -> Reading:
    return Reading(at=at, value=Decimal(1), measurand="Energy.Active.Import.Register", unit="Wh")


def settled(command: str, outcome: Any, id: str = "o") -> CommandSettled:
    return CommandSettled(id=id, command_id=command, station="S", outcome=outcome, settled_at=BEGUN)


def bill(version: int = 1, **but: Any) -> CdrIssued:
    nothing, cost = Price(excl_vat=Decimal(0)), Price(excl_vat=Decimal("0.13"))
    usual = CdrIssued(
        id=f"b{version}", session="s", station="S", transaction_id="T", version=version, started_at=BEGUN, ended_at=BEGUN,
        time_zone="UTC", energy_wh=Decimal(250), replaces=f"b{version - 1}" if version > 1 else "", issued_at=BEGUN,
        costs=Costs(total=cost, flat=nothing, energy=cost, time=nothing, parking=nothing, adjustment=nothing),
    )  # fmt: skip
    return replace(usual, **but)


CREDIT = bill(id="c1", credit=True, credits="b1")


def test_a_session_that_is_whole_is_nothing_to_tell_of_even_when_parts_are_repeated() -> None:
    assert verdict.of_ledger([ENTRY]) == []
    assert verdict.of_snapshots([ENTRY], [*WHOLE[:2], *WHOLE]) == []
    assert verdict.of_readings([ENTRY], readings(0, 1, 2, 1)) == []


def test_a_session_that_a_station_gave_up_is_told() -> None:
    assert verdict.of_ledger([replace(ENTRY, state="open", meter_stop_wh=None)])


def test_lost_doubled_unended_and_unknown_sessions_and_lost_energy_are_told() -> None:
    def kinds(*changes: SessionChanged) -> list[str]:
        return [sentence.split(": ")[1] for sentence in verdict.of_snapshots([ENTRY], changes)]

    assert kinds() == ["missing"]
    assert kinds(*WHOLE[:2]) == ["not ended", "energy"]
    assert kinds(*WHOLE[:2], change(3, energy_wh=Decimal(249))) == ["energy"]
    assert kinds(*WHOLE, *(change(n, session="again") for n in (1, 2, 3))) == ["duplicate"]
    assert kinds(*WHOLE, *(change(n, session="odd", transaction_id="X") for n in (1, 2, 3))) == ["unknown"]


def test_a_revision_that_was_skipped_is_told() -> None:
    assert "too early" in verdict.of_snapshots([ENTRY], [WHOLE[0], WHOLE[2]])[0]


def test_what_was_told_last_by_its_time_must_be_what_the_station_said() -> None:
    later = BEGUN + timedelta(hours=1)

    assert verdict.of_snapshots([ENTRY], [*WHOLE, change(2, power_w=Decimal(7))]) == []
    assert "249" in verdict.of_snapshots([ENTRY], [*WHOLE, change(3, energy_wh=Decimal(249), changed_at=later)])[0]


def test_a_reading_of_a_station_whose_clock_was_never_set_is_counted() -> None:
    never_set = replace(ENTRY, started_at=BEGUN.replace(year=1970))

    assert verdict.of_readings([never_set], readings(0, 1, 2)) == []
    assert "2 readings of 3" in verdict.of_readings([never_set], readings(0, 2))[0]


def test_a_lost_reading_and_readings_under_two_sessions_are_told() -> None:
    assert "no reading" in verdict.of_readings([ENTRY], readings(0, 2))[0]
    assert "2 sessions" in verdict.of_readings([ENTRY], [*readings(0, 1, 2), *readings(1, session="other")])[0]


def test_a_command_without_an_outcome_or_with_two_is_told_and_a_repeat_is_not() -> None:
    taken = {"c": "S"}

    assert verdict.of_outcomes(taken, []) != []
    assert verdict.of_outcomes(taken, [settled("c", "accepted"), settled("c", "accepted")]) == []
    assert verdict.of_outcomes(taken, [settled("c", "accepted"), settled("c", "disconnected")]) != []


def test_a_bill_and_its_corrections_that_are_linked_are_nothing_to_tell_of_even_when_repeated() -> None:
    assert verdict.of_cdrs([ENTRY], [bill(), bill()]) == []
    assert verdict.of_cdrs([ENTRY], [bill(energy_wh=Decimal(1)), CREDIT, bill(2), CREDIT]) == []
    assert verdict.of_cdrs([replace(ENTRY, state="open", meter_stop_wh=None)], []) == []


def test_a_bill_that_is_missing_or_wrong_or_told_in_two_ways_is_told() -> None:
    assert "no bill" in verdict.of_cdrs([ENTRY], [])[0]
    assert "249 Wh instead of 250" in verdict.of_cdrs([ENTRY], [bill(energy_wh=Decimal(249))])[0]
    assert "no-tariff instead of 0.13" in verdict.of_cdrs([ENTRY], [bill(costs=None, unrated="no-tariff")])[0]
    assert "two ways" in verdict.of_cdrs([ENTRY], [bill(), bill(site="elsewhere", energy_wh=Decimal(1))])[0]


def test_a_second_bill_and_a_version_that_is_not_linked_or_not_credited_are_told() -> None:
    assert "versions" in verdict.of_cdrs([ENTRY], [bill(), bill(id="again", session="again")])[0]
    assert "replace" in verdict.of_cdrs([ENTRY], [bill(), CREDIT, bill(2, replaces="")])[0]
    assert "0 credits of 2" in verdict.of_cdrs([ENTRY], [bill(), bill(2)])[0]
    assert "1 credits of 1" in verdict.of_cdrs([ENTRY], [bill(), CREDIT])[0]


def updated(*states: str, attempt: int = 1, after: int = 0, detail: str = "") -> list[UpdateChanged]:
    return [
        UpdateChanged(
            id=f"u{after + n}", campaign="k", station="S", number=0, revision=after + n, state=UpdateState(state),
            attempt=attempt, command_id=f"c{attempt}", detail=detail, changed_at=BEGUN,
        )
        for n, state in enumerate(states, 1)
    ]  # fmt: skip


def call(attempt: int, dispatch: int = 1) -> str:
    return derived_id("call", f"c{attempt}", dispatch)


UPDATED = updated("sent", "accepted", "observing", "succeeded")
ACCEPTED = [settled("c1", "accepted")]


def test_an_update_that_was_told_as_it_should_be_is_nothing_to_tell_of_even_when_parts_are_repeated() -> None:
    failed = updated("sent", "backing-off", detail="installation-failed: broken")
    again = updated("sent", "installation-failed", attempt=2, after=2)
    lost = updated("sent", "unanswered", "backing-off", detail="no-answer")
    then = updated("sent", "succeeded", attempt=2, after=3)

    assert verdict.of_updates({"S": [call(1)]}, [*UPDATED[:2], *UPDATED], ACCEPTED) == []
    assert verdict.of_updates({"S": [call(1, dispatch=2)]}, UPDATED, ACCEPTED) == []
    assert verdict.of_updates({"S": [call(1), call(2)]}, [*failed, *again], ACCEPTED) == []
    assert verdict.of_updates({"S": [call(2)]}, [*lost, *then], [settled("c1", "disconnected")]) == []


def test_a_station_that_was_left_out_or_asked_again_is_told() -> None:
    def faults(ids: list[str], changes: list[UpdateChanged]) -> str:
        return "; ".join(verdict.of_updates({"S": ids}, changes, ACCEPTED))

    silent = updated("sent", "unanswered", "backing-off", detail="no-answer")
    then = updated("sent", "succeeded", attempt=2, after=3)

    assert "never heard" in faults([], UPDATED)
    assert "left out" in faults([], UPDATED)
    assert "heard 2 times" in faults([call(1), call(1)], UPDATED)
    assert "heard 2 times" in faults([call(1), call(1, dispatch=2)], UPDATED)
    assert "of no attempt" in faults([call(1), call(7)], UPDATED)
    assert "another made for ['no-answer']" in faults([call(1), call(2)], [*silent, *then])


def test_an_update_that_does_not_end_once_is_told() -> None:
    def faults(*changes: UpdateChanged) -> str:
        return "; ".join(verdict.of_updates({"S": [call(1)]}, changes, ACCEPTED))

    assert "final: []" in faults(*UPDATED[:3])
    assert "final: [" in faults(*UPDATED, *updated("unhealthy", after=4))
    assert "too early" in faults(UPDATED[0], *UPDATED[2:])
