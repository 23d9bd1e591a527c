"""The payment of a simulated transaction: settled with its receipt, cancelled where it cost nothing, failed now and then."""

import datetime as dt

import msgspec

from loadtest.ocpp.messages import Ended, Sample, Transaction
from loadtest.ocpp.payments21 import COMPANY_VAT_NUMBER, settlement, vat_question
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SAMPLE = Sample(at=NOON, register_wh=2, power_w=0, voltage_v=230.0, current_a=0.0, phases=1)


def ended(total: str | None) -> Ended:
    details = None if total is None else {"totalCost": {"total": {"inclTax": msgspec.Raw(total.encode())}}}
    return Ended(at=NOON, seq_no=3, sample=SAMPLE, reason="Local", cost_details=details)


def paid(token: str, total: str | None):
    return settlement(ended(total), transaction(token))


def transaction(token: str) -> Transaction:
    return Transaction(evse=1, token=token, transaction_id="tx-1", meter_start_wh=1)


def test_a_payment_is_settled_cancelled_or_failed() -> None:
    words = {paid(f"psp-{n}", "4.20").payload["status"] for n in range(60)}
    settled = next(one for n in range(60) if (one := paid(f"psp-{n}", "4.20").payload)["status"] == "Settled")

    assert words == {"Settled", "Failed"}
    assert bytes(settled["settlementAmount"]) == b"4.20"
    assert settled["receiptId"].startswith("R-")
    assert paid("psp-1", "0.00").payload["status"] == "Canceled"


def test_a_card_and_a_station_without_a_tariff_settle_nothing() -> None:
    assert paid("04AA", "4.20") is None
    assert paid("psp-1", None) is None


def test_drivers_who_pay_for_a_company_have_its_vat_number_validated_and_on_the_receipt() -> None:
    questions = {n: vat_question(ended("4.20"), transaction(f"psp-{n}")) for n in range(60)}
    asked = {n for n, question in questions.items() if question is not None}
    on_receipts = {n for n in range(60) if paid(f"psp-{n}", "4.20").payload.get("vatNumber") == COMPANY_VAT_NUMBER}
    settled = {n for n in range(60) if paid(f"psp-{n}", "4.20").payload["status"] == "Settled"}

    assert 0 < len(asked) < 60
    assert on_receipts == asked & settled
    assert vat_question(ended("4.20"), transaction("04AA")) is None


async def test_a_16_station_shows_the_prices_and_costs_of_california() -> None:
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, "1.6", clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        shown = await csms.ask(
            NAME, "1.6", "DataTransfer", {"vendorId": "org.openchargealliance.costmsg", "messageId": "FinalCost"}
        )
        other = await csms.ask(NAME, "1.6", "DataTransfer", {"vendorId": "somebody"})

    assert [shown[2]["status"], other[2]["status"]] == ["Accepted", "UnknownVendorId"]
