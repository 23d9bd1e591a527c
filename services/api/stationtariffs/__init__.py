"""Tariffs at stations."""
