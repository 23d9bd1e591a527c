"""Payments at stations."""
