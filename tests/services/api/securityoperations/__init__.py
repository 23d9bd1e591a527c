"""Tests of security operations in the API and the console."""
