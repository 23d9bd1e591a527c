"""Tickets of payment pages: what was scanned, for a while, and nothing that others made."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.transactionlimits import TransactionLimit
from services.api.payments.webtickets import WebTicket, opened, sealed

TICKET = WebTicket(station="CP-1", evse=2, limit=TransactionLimit(max_cost=Decimal("20.00")), until_s=1_000)


@pytest.mark.usecase("C25", "C25.FR.08", "C25.FR.09")
def test_a_ticket_says_what_was_scanned_until_its_time_is_over() -> None:
    text = sealed(b"k", TICKET)

    assert opened(b"k", text, at_s=1_000) == TICKET
    assert opened(b"k", text, at_s=1_000.5) is None
    assert opened(b"x", text, at_s=1) is None
    assert opened(b"", text, at_s=1) is None


@given(st.text(max_size=60))
def test_no_text_of_others_is_a_ticket(text: str) -> None:
    assert opened(b"k", text, at_s=1) is None
