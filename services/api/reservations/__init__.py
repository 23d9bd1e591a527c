"""Reservations: an EVSE kept for a token until a time."""
