"""Monitoring: the events of variables, and the monitors that a station has."""
