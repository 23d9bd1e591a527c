"""Diagnostics: logs of stations, and the place where they upload them."""
