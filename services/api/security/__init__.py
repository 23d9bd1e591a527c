"""Security events: what stations report of their security."""
