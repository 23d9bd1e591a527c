"""Reads of ClickHouse: lists by key, curves, and the first questions."""
