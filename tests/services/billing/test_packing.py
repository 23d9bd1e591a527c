"""States of every form that was ever written are read, and go on as if nothing had happened; and they are small."""

from pathlib import Path

import msgspec
import pytest

from schemas.base import derived_id
from schemas.billing import CdrIssued, StationBilling
from services.billing.core import due
from services.billing.packing import pack, unpack
from tests.services.billing.records import Billing, after, ended, metered, of, rated, reading, session

STATES = Path(__file__).parent / "states"
FORMS = sorted(STATES.glob("form-*.json"))
LARGEST_BYTES = 13_000
"""Of a station that has billed as many sessions as are remembered, each read every two minutes for an hour."""


def resumed(path: Path) -> Billing:
    billing = rated(cost_every_s=600)
    billing.state = msgspec.json.decode(path.read_bytes(), type=StationBilling)
    return billing


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_written_state_still_knows_what_was_billed(path: Path) -> None:
    billing = resumed(path)

    said = billing.tell(ended(session="billed"), metered(reading(0, 1000), reading(60, 11000), session="billed"))

    assert said == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_written_state_still_corrects_what_was_billed(path: Path) -> None:
    billing = resumed(path)

    billing.wait()
    credit, second = of(billing.tell(ended(60, 1000, 13000, session="billed", changed_at=after(200))), CdrIssued)
    third_credit, third = of(
        billing.tell(ended(60, 1000, 12000, session="corrected", changed_at=after(200))), CdrIssued
    )

    assert (credit.credit, credit.version, second.version, second.replaces) == (True, 1, 2, credit.credits)
    assert (third_credit.version, third.version, third.replaces) == (2, 3, third_credit.credits)
    assert [str(cdr.costs.total.excl_vat) for cdr in (credit, second, third_credit, third) if cdr.costs] == [
        "-5.00",
        "6.00",
        "-6.00",
        "5.50",
    ]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_written_state_still_waits_for_its_readings_and_its_running_session(path: Path) -> None:
    billing = resumed(path)
    at = due(billing.state)

    waited = of(billing.wait(), CdrIssued)
    said = of(billing.tell(ended(120, 11000, 13000, session="runs", started_at=after(100))), CdrIssued)
    said += of(billing.wait(), CdrIssued)

    assert at is not None
    assert [cdr.session for cdr in waited] == ["waits"]
    assert [(cdr.session, str(cdr.costs.total.excl_vat)) for cdr in said if cdr.costs] == [("runs", "1.00")]


def test_the_state_of_a_busy_station_is_small() -> None:
    billing = rated()
    for number in range(30):
        name = derived_id("session", number)
        billing.tell(session(session=name), *(metered(reading(2 * n, 1000 + 333 * n), session=name) for n in range(31)))
        billing.tell(ended(session=name, stop=10_990, changed_at=after(60 + number)))

    assert len(msgspec.json.encode(billing.state)) < LARGEST_BYTES


def test_a_session_that_is_put_away_comes_back_as_it_was() -> None:
    billing = rated()
    billing.tell(session(), metered(reading(0, 1000), reading(60, 11000)), ended())
    (away,) = billing.state.closed

    assert pack(unpack(away)) == away
    assert unpack(away).cdr == billing.cdrs()[0]
