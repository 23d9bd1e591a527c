"""Charging profiles: limits of stations over time."""
