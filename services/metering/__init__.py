"""Metering: every record that analysts, the API and the console want, projected into ClickHouse."""
