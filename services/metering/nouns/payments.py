"""Payments at stations in ClickHouse: every settlement, and what each payment is now. PURE."""

from schemas.payments import (
    PAYMENT_STATES,
    PAYMENTS,
    PaymentChanged,
    SettlementRecorded,
    SettlementReported,
    VatNumberAsked,
)
from services.metering.cells import json
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, absent, table

NOUN = MeteringNoun(
    topics={FACTS: (PAYMENTS,), STATES: (PAYMENT_STATES,)},
    tables=(
        table(
            "settlements",
            key="station received_at id",
            columns="station psp_ref transaction_id status info amount settled_at receipt_id receipt_url vat_number"
            " vat_company recorded_by received_at id",
            rows={
                SettlementReported: {
                    "vat_company": lambda r: r.vat_company and json(r.vat_company),
                    "recorded_by": lambda _: "",
                },
                SettlementRecorded: {
                    "transaction_id": lambda _: "",
                    "vat_number": lambda _: "",
                    **absent("vat_company"),
                },
            },
        ),
        table(
            "vat_checks",
            key="station received_at id",
            columns="station vat_number evse received_at id",
            rows={VatNumberAsked: {}},
        ),
        table(
            "payments",
            key="station payment",
            columns="station payment psp_ref status detail evse session transaction_id command_id requested_by started_at"
            " authorized_amount first_authorized_amount amount settled_at settled_by"
            " receipt_id receipt_url receipt_by_us vat_number vat_company revision id changed_at",
            rows={PaymentChanged: {"vat_company": lambda r: r.vat_company and json(r.vat_company)}},
        ),
    ),
)
