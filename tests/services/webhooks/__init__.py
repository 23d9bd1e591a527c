"""Webhooks, tested."""
