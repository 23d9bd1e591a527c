"""Firmware campaigns, and the update of one station."""
