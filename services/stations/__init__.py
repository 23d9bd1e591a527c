"""Stations: which are known, whether they are connected, what their connectors say."""
