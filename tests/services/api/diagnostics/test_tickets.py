"""Tickets let one station upload one file."""

from services.api.diagnostics.tickets import lets, ticket_of

KEY, OTHER = b"k" * 64, b"o" * 64


def test_a_ticket_is_good_for_its_log_and_no_other() -> None:
    ticket = ticket_of(KEY, "l1")

    assert lets(KEY, "l1", ticket)
    assert not lets(KEY, "l2", ticket)
    assert not lets(OTHER, "l1", ticket)


def test_whatever_else_is_shown_is_no_ticket() -> None:
    ticket = ticket_of(KEY, "l1")

    for other in ("", ticket[:-1], ticket + "0", ticket.upper(), "é" * len(ticket), "\x00"):
        assert not lets(KEY, "l1", other)
