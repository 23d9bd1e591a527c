"""Tests of security operations."""
